"""Tables that a sealed run publishes: one pandera model each, in key order.

Types, nullability, codes and the key are the model's own. `describe` gives what the sealer, the documentation and the tests
read; the sealer compiles it to one statement over all rows, whose answer is the model's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.typing import Series

from schemas.columns import Layout, declared
from schemas.dtypes import Day, Moment, Number, Real, Text, Texts, Truth, sql_of

DELIVERY_STATUS = ("accepted", "refused", "duplicate", "held")
MATCH_STATUS = ("linked", "new_person", "not_linked", "review", "unchanged")
TRACKS = ("R", "H", "L", "T")
ACCESSES = (
    "asof",
    "explain",
    "whatif",
    "review",
    "delta",
    "proof",
    "key_change",
    "unmask",
    "case_file",
    "handout",
    "refused",
    "unreadable",
)
OPS = (
    "ADD", "UPD", "FLAG_REEMP", "PROP_EXIT", "PROP_DEREG", "REVIEW", "HOLD", "WITHDRAW", "TASK", "NOTIFY", "URGE",
    "REFER", "ALERT", "GAP", "DECIDED",
)  # fmt: skip
COMPARISONS = (
    "surname", "given_first", "given_second", "long_name", "birth_date", "sex", "phone", "place", "id_number", "household",
    "local_no", "employer", "address",
)  # fmt: skip
WEIGHT_PARTS = pyarrow.struct([(c, pyarrow.float64()) for c in ("prior", *COMPARISONS)])
LEVEL_PARTS = pyarrow.struct([(c, pyarrow.string()) for c in ("against", *COMPARISONS)])
WEIGHTS, LEVELS = sql_of(WEIGHT_PARTS), sql_of(LEVEL_PARTS)
Weights = Series[Annotated[pd.ArrowDtype, WEIGHT_PARTS]]
Levels = Series[Annotated[pd.ArrowDtype, LEVEL_PARTS]]


def cell(*, null: bool = True, codes: tuple[str, ...] = ()) -> Any:
    checks: dict[str, Any] = {"isin": codes} if codes else {}
    return pa.Field(nullable=null, **checks)


def _table(name: str, *key: str) -> dict[str, Any]:
    return {"table": {"name": name, "key": key}}


class Delivery(pa.DataFrameModel):
    """One file received tonight, or one member of an archive, or one sheet of several. rows = accepted + quarantined; a
    refused, held or duplicate file counts nothing. `file_sha256` is the kept file to read it from; `office` tells apart those
    that send the same kind by area; `withdraws` names the delivery that this one takes back."""

    delivery_id: Text = cell(null=False)
    file_name: Text = cell(null=False)
    sheet: Text = cell()
    kind: Text = cell()
    snapshot_date: Day = cell()
    coverage: Text = cell(codes=("full", "delta"))
    encoding: Text = cell()
    rows: Number = cell(null=False)
    accepted: Number = cell(null=False)
    quarantined: Number = cell(null=False)
    unchanged: Number = cell(null=False)
    linked: Number = cell(null=False)
    new_person: Number = cell(null=False)
    not_linked: Number = cell(null=False)
    review: Number = cell(null=False)
    status: Text = cell(null=False, codes=DELIVERY_STATUS)
    reason: Text = cell()
    file_sha256: Text = cell(null=False)
    office: Text = cell(null=False)
    withdraws: Text = cell()

    class Config:
        metadata = _table("delivery", "delivery_id")


class Quarantine(pa.DataFrameModel):
    """One row that was not taken in, and why; never the value itself."""

    delivery_id: Text = cell(null=False)
    row_no: Number = cell(null=False)
    column: Text = cell()
    check: Text = cell(null=False)
    value_kind: Text = cell()
    message: Text = cell(null=False)
    file_name: Text = cell()
    sheet: Text = cell()

    class Config:
        metadata = _table("quarantine", "delivery_id", "row_no")


class MatchLog(pa.DataFrameModel):
    """One new or changed row and whom it was found to be about; or an older row whose link changed tonight."""

    delivery_id: Text = cell(null=False)
    row_no: Number = cell(null=False)
    record_id: Text = cell(null=False)
    kind: Text = cell(null=False)
    file_name: Text = cell()
    sheet: Text = cell()
    person_id: Text = cell()
    match_status: Text = cell(null=False, codes=MATCH_STATUS)
    rule: Text = cell()
    match_weight: Real = cell()
    match_probability: Real = cell()
    weights: Weights = cell()
    levels: Levels = cell()
    runner_up_person_id: Text = cell()
    runner_up_weight: Real = cell()
    model_version: Text = cell()
    supersedes: Text = cell()
    cause: Text = cell()

    class Config:
        metadata = _table("match_log", "delivery_id", "row_no")


class Person(pa.DataFrameModel):
    """One person new or changed tonight. A person_id never changes meaning and is never used again."""

    person_id: Text = cell(null=False)
    name: Text = cell()
    id_kind: Text = cell()
    id_number: Text = cell()
    sex: Text = cell()
    birth_date: Day = cell()
    town: Text = cell()
    village: Text = cell()
    phone: Text = cell()
    first_run: Number = cell(null=False)
    last_run: Number = cell(null=False)
    merged_into: Text = cell()

    class Config:
        metadata = _table("person", "person_id")


class LedgerEntry(pa.DataFrameModel):
    """One change of an answer. Insert only; a correction names the entry it supersedes. An entry whose valid_to
    equals its valid_from only ends another one."""

    entry_id: Text = cell(null=False)
    run_no: Number = cell(null=False)
    seq: Number = cell(null=False)
    recorded_at: Moment = cell(null=False)
    person_id: Text = cell()
    name: Text = cell()
    id_number: Text = cell()
    town: Text = cell()
    village: Text = cell()
    pack: Text = cell(null=False)
    track: Text = cell(null=False, codes=TRACKS)
    op: Text = cell(null=False, codes=OPS)
    basis: Text = cell()
    clause: Text = cell(null=False)
    ground: Text = cell()
    state_from: Text = cell()
    state_to: Text = cell()
    valid_from: Day = cell(null=False)
    valid_to: Day = cell()
    needs_decision: Truth = cell(null=False)
    decision_entry: Text = cell()
    supersedes: Text = cell()
    evidence: Texts = cell()
    parameters: Text = cell()
    reason: Text = cell(null=False)

    class Config:
        metadata = _table("ledger_entry", "entry_id")


class OutboundList(pa.DataFrameModel):
    """One line of an outbound list (`lists/Oxx`), from the ledger entry it names."""

    person_id: Text = cell()
    employer_uscc: Text = cell()
    employer_name: Text = cell()
    clause: Text = cell(null=False)
    due_date: Day = cell()
    entry_id: Text = cell(null=False)
    content: Text = cell()

    class Config:
        metadata = _table("list", "entry_id", "person_id", "employer_uscc", "employer_name")


PERIODIC_LISTS = ("O16", "O17", "O18", "O21", "O23", "O24")


class BookLine(pa.DataFrameModel):
    """One line of a periodic book that is itself an outbound list (`lists/O16` and on): `book` and `period` name it, `row_no`
    is its place in its sheet. `entry_id` is the ledger entry that put the person in, where there is one; `content` holds
    what the line says of it, as JSON."""

    book: Text = cell(null=False)
    period: Text = cell(null=False)
    row_no: Number = cell(null=False)
    person_id: Text = cell()
    employer_uscc: Text = cell()
    employer_name: Text = cell()
    area: Text = cell()
    clause: Text = cell(null=False)
    due_date: Day = cell()
    entry_id: Text = cell()
    content: Text = cell()

    class Config:
        metadata = _table("book_line", "book", "row_no")


class Link(pa.DataFrameModel):
    """Where a standing row is linked from tonight on. The house's own journal, folded into the store."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    record_id: Text = cell(null=False)
    person_id: Text = cell()
    match_status: Text = cell(null=False, codes=MATCH_STATUS)
    rule: Text = cell()
    link_grade: Text = cell()
    run_no: Number = cell(null=False)

    class Config:
        metadata = _table("link", "kind", "office", "record_id")


class Ended(pa.DataFrameModel):
    """A row that stands no more. Taken back: withdrawn (by mark, or with its whole file), vanished (an event no longer in
    a full snapshot), corrected (an event delivered anew). Ended: replaced by a newer line of its spell, absent from a
    full snapshot, late (a newer line of its spell had come before it), recoded (it stands anew as the office's code table in
    the settings now reads it)."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    record_id: Text = cell(null=False)
    cause: Text = cell(
        null=False, codes=("withdrawn", "vanished", "corrected", "replaced", "absent", "late", "recoded")
    )
    delivery_id: Text = cell()
    run_no: Number = cell(null=False)

    class Config:
        metadata = _table("ended", "kind", "office", "record_id")


class Retold(pa.DataFrameModel):
    """A standing row that a later delta said again unchanged: it is as new as that delta."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    record_id: Text = cell(null=False)
    delivery_id: Text = cell(null=False)

    class Config:
        metadata = _table("retold", "kind", "office", "record_id", "delivery_id")


class Notice(pa.DataFrameModel):
    """What was odd about a delivery that was taken in all the same: unknown codes, extra columns, moved columns."""

    delivery_id: Text = cell(null=False)
    column: Text = cell(null=False)
    check: Text = cell(null=False)
    rows: Number = cell(null=False)
    message: Text = cell(null=False)

    class Config:
        metadata = _table("notice", "delivery_id", "column", "check")


@dataclass(frozen=True)
class TableColumn:
    name: str
    sql: str
    nullable: bool
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What a published table is made of; `key` is also its order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    doc: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)


@cache
def describe(model: type[pa.DataFrameModel]) -> Table:
    """The stored form a model declares."""
    schema = model.to_schema()
    facts = declared(model)["table"]
    columns = tuple(
        TableColumn(name, sql_of(spec.dtype.type.pyarrow_dtype), bool(spec.nullable), _codes(spec.checks))
        for name, spec in schema.columns.items()
    )
    return Table(facts["name"], tuple(facts["key"]), columns, (model.__doc__ or "").strip())


def _codes(checks: list[pa.Check]) -> tuple[str, ...]:
    allowed = [tuple((c.statistics or {})["allowed_values"]) for c in checks if c.name == "isin"]
    return allowed[0] if allowed else ()


class Source(pa.DataFrameModel):
    """The newest accepted snapshot of one source: its date, how many rows it had, and its column headers in order.
    No date: all it ever sent was taken back."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    coverage: Text = cell(null=False, codes=("full", "delta"))
    snapshot_date: Day = cell()
    rows: Number = cell(null=False)
    headers: Texts = cell()

    class Config:
        metadata = _table("source", "kind", "office", "coverage")


class Scorecard(pa.DataFrameModel):
    """How well one source delivered tonight, or that it is late. `standing_rows` and `valid_numbers` count what stands of
    it, with an identity number that holds; `resupply` is the text that asks it for what is missing."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    run_no: Number = cell(null=False)
    snapshot_date: Day = cell()
    due_days: Number = cell()
    days_late: Number = cell(null=False)
    files: Number = cell(null=False)
    refused_files: Number = cell(null=False)
    rows: Number = cell(null=False)
    quarantined: Number = cell(null=False)
    repeated: Number = cell(null=False)
    unknown_codes: Number = cell(null=False)
    standing_rows: Number = cell(null=False)
    valid_numbers: Number = cell(null=False)
    resupply: Text = cell()

    class Config:
        metadata = _table("scorecard", "kind", "office")


class PersonHold(pa.DataFrameModel):
    """Somebody whose number another person carries too (`id_shared`), or who is like another but for the number
    (`another_number`): until it is decided only HOLD and REVIEW are posted for them."""

    person_id: Text = cell(null=False)
    cause: Text = cell(null=False)

    class Config:
        metadata = _table("person_hold", "person_id")


class RuleOutcome(pa.DataFrameModel):
    """How many people a rule held for, could not be decided for (with the missing columns), or was not tested for."""

    pack: Text = cell(null=False)
    rule_id: Text = cell(null=False)
    outcome: Text = cell(null=False)
    missing: Text = cell()
    people: Number = cell(null=False)

    class Config:
        metadata = _table("rule_outcome", "pack", "rule_id", "outcome", "missing")


class Access(pa.DataFrameModel):
    """One look at people's data, or one file of them taken out, since the run before: who (account of the machine, or
    of the console as `console:NAME`), what (`unmask`: numbers shown whole in the console; `case_file`: a person's case file taken out; `unreadable`: a line of the log
    that cannot be read), about which people, entries or day, the written file's
    sha256, and what for. Ids only, never a name or number. `access_id` is the hash of the line that was kept."""

    accessed_at: Moment = cell(null=False)
    access_id: Text = cell(null=False)
    os_user: Text = cell()
    what: Text = cell(null=False, codes=ACCESSES)
    subjects: Texts = cell()
    file_sha256: Text = cell()
    purpose: Text = cell()

    class Config:
        metadata = _table("access", "accessed_at", "access_id")


class PackInForce(pa.DataFrameModel):
    """A pack that reads otherwise from tonight on than in the run before: new, changed, dated (its own date came), or
    removed. `caused` counts tonight's entries that the run before would not have made of the same facts. `files` and
    `parameters` (what the office set) are JSON, the files by name and sha256; they are kept in `archive/`. `changes` are
    sentences. Pack `national` is what all packs read."""

    pack: Text = cell(null=False)
    version: Text = cell(null=False)
    content_sha256: Text = cell(null=False)
    files: Text = cell(null=False)
    parameters: Text = cell(null=False)
    since_run: Number = cell(null=False)
    as_of: Day = cell(null=False)
    status: Text = cell(null=False, codes=("new", "changed", "dated", "removed"))
    changes: Texts = cell(null=False)
    caused: Number = cell(null=False)

    class Config:
        metadata = _table("pack_in_force", "pack")


class NightFigure(pa.DataFrameModel):
    """How many people one figure of the circuit breaker moved tonight, in one town or (empty) in all; how many stood before,
    the most that is inside the band (empty: nothing to compare with), and who released what was outside it, and why."""

    run_no: Number = cell(null=False)
    figure: Text = cell(null=False, codes=("exit", "loss", "reemployed", "merge", "addition", "review"))
    pack: Text = cell(null=False)
    town: Text = cell()
    people: Number = cell(null=False)
    standing: Number = cell(null=False)
    band: Number = cell()
    released_by: Text = cell()
    note: Text = cell()

    class Config:
        metadata = _table("figure", "run_no", "figure", "pack", "town")


class Conservation(pa.DataFrameModel):
    """Who stands in a pack's track in one town (empty: none known): opening + came + returned + moved - departed + corrected
    = closing. Returned people had been there before; `moved` is from and to other towns; `corrected` is what corrections
    brought in less what they took out."""

    pack: Text = cell(null=False)
    track: Text = cell(null=False, codes=TRACKS)
    town: Text = cell(null=False)
    opening: Number = cell(null=False)
    came: Number = cell(null=False)
    returned: Number = cell(null=False)
    moved: Number = cell(null=False)
    departed: Number = cell(null=False)
    corrected: Number = cell(null=False)
    closing: Number = cell(null=False)

    class Config:
        metadata = _table("conservation", "pack", "track", "town")


# What the lists say that stands open after tonight, one row per line: its own columns, and those of the entry behind it as
# they read tonight. Made each night for the workbooks; not sealed, since `lists/Oxx` and the ledger say the same.
OPEN_LINE = (
    ("list", "VARCHAR"), ("entry_id", "VARCHAR"), ("run_no", "BIGINT"), ("seq", "BIGINT"), ("is_new", "BOOLEAN"),
    ("person_id", "VARCHAR"), ("name", "VARCHAR"), ("id_number", "VARCHAR"), ("sex", "VARCHAR"), ("birth_date", "DATE"),
    ("phone", "VARCHAR"), ("town", "VARCHAR"), ("village", "VARCHAR"), ("employer_uscc", "VARCHAR"), ("employer_name", "VARCHAR"),
    ("pack", "VARCHAR"), ("track", "VARCHAR"), ("op", "VARCHAR"), ("basis", "VARCHAR"), ("ground", "VARCHAR"), ("clause", "VARCHAR"),
    ("rule_id", "VARCHAR"), ("valid_from", "DATE"), ("due_date", "DATE"), ("needs_decision", "BOOLEAN"), ("evidence", "VARCHAR[]"),
    ("parameters", "VARCHAR"), ("reason", "VARCHAR"), ("content", "VARCHAR"),
)  # fmt: skip
# What is known about a person beside name and number, the newest word of each; for the people of tonight's workbooks.
PERSON_CARD = (
    ("person_id", "VARCHAR"), ("address", "VARCHAR"), ("owner", "VARCHAR"), ("ethnicity", "VARCHAR"), ("education", "VARCHAR"),
    ("skill", "VARCHAR"), ("health", "VARCHAR"), ("training_wish", "VARCHAR"), ("job_need", "VARCHAR"), ("wish", "VARCHAR"),
    ("certificate_no", "VARCHAR"), ("job_lost_on", "DATE"), ("hukou_address", "VARCHAR"), ("marital", "VARCHAR"),
    ("last_contact_on", "DATE"), ("last_means", "VARCHAR"), ("household_working_age", "BIGINT"), ("household_working", "BIGINT"),
    ("household_no", "VARCHAR"),
)  # fmt: skip
PUBLISHED = (Delivery, Quarantine, MatchLog, Person, LedgerEntry)
INTERNAL = (
    Link, Ended, Retold, Notice, Source, PersonHold, RuleOutcome, Scorecard, Access, PackInForce, NightFigure, Conservation,
)  # fmt: skip
ROW_PLACE = (
    ("office", "VARCHAR"), ("record_id", "VARCHAR"), ("delivery_id", "VARCHAR"), ("row_no", "BIGINT"),
    ("business_key", "UBIGINT"), ("run_no", "BIGINT"),
)  # fmt: skip
ROW_LINK = (
    ("id_class", "VARCHAR"), ("id_key", "VARCHAR"), ("id_part", "VARCHAR"), ("person_id", "VARCHAR"),
    ("match_status", "VARCHAR"), ("rule", "VARCHAR"), ("link_grade", "VARCHAR"),
)  # fmt: skip


def row_columns(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Columns of a row before it is linked: where it lies and its typed fields."""
    return (*ROW_PLACE, *((c.field, c.sql_type) for c in layout.columns), ("extra", "VARCHAR"))


def standing_columns(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Columns of `standing/<kind>`: the row, and whom it was linked to when it came."""
    return (*row_columns(layout), *ROW_LINK)


def create_table(name: str, columns: Iterable[tuple[str, str]]) -> str:
    """The statement that makes an empty table."""
    listed = ", ".join(f'"{column}" {sql}' for column, sql in columns)
    return f"create table {name} ({listed})"
