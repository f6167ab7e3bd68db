"""Tables that a sealed run publishes: one pandera model each, in key order.

A field's `metadata` carries the stored SQL type; nullability, codes and the key are the model's own. `describe`
gives what the sealer, the documentation and the tests read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandera.pandas as pa
from pandera.typing import Series

from schemas.columns import Layout, declared

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
WEIGHTS = "STRUCT({})".format(", ".join(f"{c} DOUBLE" for c in ("prior", *COMPARISONS)))
LEVELS = "STRUCT({})".format(", ".join(f"{c} VARCHAR" for c in ("against", *COMPARISONS)))


def _field(sql: str, *, null: bool = True, codes: tuple[str, ...] = ()) -> Any:
    checks: dict[str, Any] = {"isin": codes} if codes else {}
    return pa.Field(nullable=null, metadata={"sql": sql}, **checks)


def text(**kw: Any) -> Any:
    return _field("VARCHAR", **kw)


def count() -> Any:
    return _field("BIGINT", null=False)


def _table(name: str, *key: str) -> dict[str, Any]:
    return {"table": {"name": name, "key": key}}


class Delivery(pa.DataFrameModel):
    """One file received tonight, or one member of an archive, or one sheet of several. rows = accepted + quarantined; a
    refused, held or duplicate file counts nothing. `file_sha256` is the kept file to read it from; `office` tells apart those
    that send the same kind by area; `withdraws` names the delivery that this one takes back."""

    delivery_id: Series[str] = text(null=False)
    file_name: Series[str] = text(null=False)
    sheet: Series[str] = text()
    kind: Series[str] = text()
    snapshot_date: Series[object] = _field("DATE")
    coverage: Series[str] = text(codes=("full", "delta"))
    encoding: Series[str] = text()
    rows: Series[int] = count()
    accepted: Series[int] = count()
    quarantined: Series[int] = count()
    unchanged: Series[int] = count()
    linked: Series[int] = count()
    new_person: Series[int] = count()
    not_linked: Series[int] = count()
    review: Series[int] = count()
    status: Series[str] = text(null=False, codes=DELIVERY_STATUS)
    reason: Series[str] = text()
    file_sha256: Series[str] = text(null=False)
    office: Series[str] = text(null=False)
    withdraws: Series[str] = text()

    class Config:
        metadata = _table("delivery", "delivery_id")


class Quarantine(pa.DataFrameModel):
    """One row that was not taken in, and why; never the value itself."""

    delivery_id: Series[str] = text(null=False)
    row_no: Series[int] = count()
    column: Series[str] = text()
    check: Series[str] = text(null=False)
    value_kind: Series[str] = text()
    message: Series[str] = text(null=False)
    file_name: Series[str] = text()
    sheet: Series[str] = text()

    class Config:
        metadata = _table("quarantine", "delivery_id", "row_no")


class MatchLog(pa.DataFrameModel):
    """One new or changed row and whom it was found to be about; or an older row whose link changed tonight."""

    delivery_id: Series[str] = text(null=False)
    row_no: Series[int] = count()
    record_id: Series[str] = text(null=False)
    kind: Series[str] = text(null=False)
    file_name: Series[str] = text()
    sheet: Series[str] = text()
    person_id: Series[str] = text()
    match_status: Series[str] = text(null=False, codes=MATCH_STATUS)
    rule: Series[str] = text()
    match_weight: Series[float] = _field("DOUBLE")
    match_probability: Series[float] = _field("DOUBLE")
    weights: Series[object] = _field(WEIGHTS)
    levels: Series[object] = _field(LEVELS)
    runner_up_person_id: Series[str] = text()
    runner_up_weight: Series[float] = _field("DOUBLE")
    model_version: Series[str] = text()
    supersedes: Series[str] = text()
    cause: Series[str] = text()

    class Config:
        metadata = _table("match_log", "delivery_id", "row_no")


class Person(pa.DataFrameModel):
    """One person new or changed tonight. A person_id never changes meaning and is never used again."""

    person_id: Series[str] = text(null=False)
    name: Series[str] = text()
    id_kind: Series[str] = text()
    id_number: Series[str] = text()
    sex: Series[str] = text()
    birth_date: Series[object] = _field("DATE")
    town: Series[str] = text()
    village: Series[str] = text()
    phone: Series[str] = text()
    first_run: Series[int] = count()
    last_run: Series[int] = count()
    merged_into: Series[str] = text()

    class Config:
        metadata = _table("person", "person_id")


class LedgerEntry(pa.DataFrameModel):
    """One change of an answer. Insert only; a correction names the entry it supersedes. An entry whose valid_to
    equals its valid_from only ends another one."""

    entry_id: Series[str] = text(null=False)
    run_no: Series[int] = count()
    seq: Series[int] = count()
    recorded_at: Series[object] = _field("TIMESTAMP WITH TIME ZONE", null=False)
    person_id: Series[str] = text()
    name: Series[str] = text()
    id_number: Series[str] = text()
    town: Series[str] = text()
    village: Series[str] = text()
    pack: Series[str] = text(null=False)
    track: Series[str] = text(null=False, codes=TRACKS)
    op: Series[str] = text(null=False, codes=OPS)
    basis: Series[str] = text()
    clause: Series[str] = text(null=False)
    ground: Series[str] = text()
    state_from: Series[str] = text()
    state_to: Series[str] = text()
    valid_from: Series[object] = _field("DATE", null=False)
    valid_to: Series[object] = _field("DATE")
    needs_decision: Series[bool] = _field("BOOLEAN", null=False)
    decision_entry: Series[str] = text()
    supersedes: Series[str] = text()
    evidence: Series[object] = _field("VARCHAR[]")
    parameters: Series[str] = text()
    reason: Series[str] = text(null=False)

    class Config:
        metadata = _table("ledger_entry", "entry_id")


class OutboundList(pa.DataFrameModel):
    """One line of an outbound list (`lists/Oxx`), from the ledger entry it names."""

    person_id: Series[str] = text()
    employer_uscc: Series[str] = text()
    employer_name: Series[str] = text()
    clause: Series[str] = text(null=False)
    due_date: Series[object] = _field("DATE")
    entry_id: Series[str] = text(null=False)
    content: Series[str] = text()

    class Config:
        metadata = _table("list", "entry_id", "person_id", "employer_uscc", "employer_name")


PERIODIC_LISTS = ("O16", "O17", "O18", "O21", "O23", "O24")


class BookLine(pa.DataFrameModel):
    """One line of a periodic book that is itself an outbound list (`lists/O16` and on): `book` and `period` name it, `row_no`
    is its place in its sheet. `entry_id` is the ledger entry that put the person in, where there is one; `content` holds
    what the line says of it, as JSON."""

    book: Series[str] = text(null=False)
    period: Series[str] = text(null=False)
    row_no: Series[int] = count()
    person_id: Series[str] = text()
    employer_uscc: Series[str] = text()
    employer_name: Series[str] = text()
    area: Series[str] = text()
    clause: Series[str] = text(null=False)
    due_date: Series[object] = _field("DATE")
    entry_id: Series[str] = text()
    content: Series[str] = text()

    class Config:
        metadata = _table("book_line", "book", "row_no")


class Link(pa.DataFrameModel):
    """Where a standing row is linked from tonight on. The house's own journal, folded into the store."""

    kind: Series[str] = text(null=False)
    office: Series[str] = text(null=False)
    record_id: Series[str] = text(null=False)
    person_id: Series[str] = text()
    match_status: Series[str] = text(null=False, codes=MATCH_STATUS)
    rule: Series[str] = text()
    link_grade: Series[str] = text()
    run_no: Series[int] = count()

    class Config:
        metadata = _table("link", "kind", "office", "record_id")


class Ended(pa.DataFrameModel):
    """A row that stands no more. Taken back: withdrawn (by mark, or with its whole file), vanished (an event no longer in
    a full snapshot), corrected (an event delivered anew). Ended: replaced by a newer line of its spell, absent from a
    full snapshot, late (a newer line of its spell had come before it), recoded (it stands anew as the office's code table in
    the settings now reads it)."""

    kind: Series[str] = text(null=False)
    office: Series[str] = text(null=False)
    record_id: Series[str] = text(null=False)
    cause: Series[str] = text(
        null=False, codes=("withdrawn", "vanished", "corrected", "replaced", "absent", "late", "recoded")
    )
    delivery_id: Series[str] = text()
    run_no: Series[int] = count()

    class Config:
        metadata = _table("ended", "kind", "office", "record_id")


class Retold(pa.DataFrameModel):
    """A standing row that a later delta said again unchanged: it is as new as that delta."""

    kind: Series[str] = text(null=False)
    office: Series[str] = text(null=False)
    record_id: Series[str] = text(null=False)
    delivery_id: Series[str] = text(null=False)

    class Config:
        metadata = _table("retold", "kind", "office", "record_id", "delivery_id")


class Notice(pa.DataFrameModel):
    """What was odd about a delivery that was taken in all the same: unknown codes, extra columns, moved columns."""

    delivery_id: Series[str] = text(null=False)
    column: Series[str] = text(null=False)
    check: Series[str] = text(null=False)
    rows: Series[int] = count()
    message: Series[str] = text(null=False)

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
        TableColumn(name, (spec.metadata or {})["sql"], bool(spec.nullable), _codes(spec.checks))
        for name, spec in schema.columns.items()
    )
    return Table(facts["name"], tuple(facts["key"]), columns, (model.__doc__ or "").strip())


def _codes(checks: list[pa.Check]) -> tuple[str, ...]:
    allowed = [tuple((c.statistics or {})["allowed_values"]) for c in checks if c.name == "isin"]
    return allowed[0] if allowed else ()


class Source(pa.DataFrameModel):
    """The newest accepted snapshot of one source: its date, how many rows it had, and its column headers in order.
    No date: all it ever sent was taken back."""

    kind: Series[str] = text(null=False)
    office: Series[str] = text(null=False)
    coverage: Series[str] = text(null=False, codes=("full", "delta"))
    snapshot_date: Series[object] = _field("DATE")
    rows: Series[int] = count()
    headers: Series[object] = _field("VARCHAR[]")

    class Config:
        metadata = _table("source", "kind", "office", "coverage")


class Scorecard(pa.DataFrameModel):
    """How well one source delivered tonight, or that it is late. `standing_rows` and `valid_numbers` count what stands of
    it, with an identity number that holds; `resupply` is the text that asks it for what is missing."""

    kind: Series[str] = text(null=False)
    office: Series[str] = text(null=False)
    run_no: Series[int] = count()
    snapshot_date: Series[object] = _field("DATE")
    due_days: Series[object] = _field("BIGINT")
    days_late: Series[int] = count()
    files: Series[int] = count()
    refused_files: Series[int] = count()
    rows: Series[int] = count()
    quarantined: Series[int] = count()
    repeated: Series[int] = count()
    unknown_codes: Series[int] = count()
    standing_rows: Series[int] = count()
    valid_numbers: Series[int] = count()
    resupply: Series[str] = text()

    class Config:
        metadata = _table("scorecard", "kind", "office")


class PersonHold(pa.DataFrameModel):
    """Somebody whose number another person carries too (`id_shared`), or who is like another but for the number
    (`another_number`): until it is decided only HOLD and REVIEW are posted for them."""

    person_id: Series[str] = text(null=False)
    cause: Series[str] = text(null=False)

    class Config:
        metadata = _table("person_hold", "person_id")


class RuleOutcome(pa.DataFrameModel):
    """How many people a rule held for, could not be decided for (with the missing columns), or was not tested for."""

    pack: Series[str] = text(null=False)
    rule_id: Series[str] = text(null=False)
    outcome: Series[str] = text(null=False)
    missing: Series[str] = text()
    people: Series[int] = count()

    class Config:
        metadata = _table("rule_outcome", "pack", "rule_id", "outcome", "missing")


class Access(pa.DataFrameModel):
    """One look at people's data, or one file of them taken out, since the run before: who (account of the machine, or
    of the console as `console:NAME`), what (`unmask`: numbers shown whole in the console; `case_file`: a person's case file taken out; `unreadable`: a line of the log
    that cannot be read), about which people, entries or day, the written file's
    sha256, and what for. Ids only, never a name or number. `access_id` is the hash of the line that was kept."""

    accessed_at: Series[object] = _field("TIMESTAMP WITH TIME ZONE", null=False)
    access_id: Series[str] = text(null=False)
    os_user: Series[str] = text()
    what: Series[str] = text(null=False, codes=ACCESSES)
    subjects: Series[object] = _field("VARCHAR[]")
    file_sha256: Series[str] = text()
    purpose: Series[str] = text()

    class Config:
        metadata = _table("access", "accessed_at", "access_id")


class PackInForce(pa.DataFrameModel):
    """A pack that reads otherwise from tonight on than in the run before: new, changed, dated (its own date came), or
    removed. `caused` counts tonight's entries that the run before would not have made of the same facts. `files` and
    `parameters` (what the office set) are JSON, the files by name and sha256; they are kept in `archive/`. `changes` are
    sentences. Pack `national` is what all packs read."""

    pack: Series[str] = text(null=False)
    version: Series[str] = text(null=False)
    content_sha256: Series[str] = text(null=False)
    files: Series[str] = text(null=False)
    parameters: Series[str] = text(null=False)
    since_run: Series[int] = count()
    as_of: Series[object] = _field("DATE", null=False)
    status: Series[str] = text(null=False, codes=("new", "changed", "dated", "removed"))
    changes: Series[object] = _field("VARCHAR[]", null=False)
    caused: Series[int] = count()

    class Config:
        metadata = _table("pack_in_force", "pack")


class NightFigure(pa.DataFrameModel):
    """How many people one figure of the circuit breaker moved tonight, in one town or (empty) in all; how many stood before,
    the most that is inside the band (empty: nothing to compare with), and who released what was outside it, and why."""

    run_no: Series[int] = count()
    figure: Series[str] = text(null=False, codes=("exit", "loss", "reemployed", "merge", "addition", "review"))
    pack: Series[str] = text(null=False)
    town: Series[str] = text()
    people: Series[int] = count()
    standing: Series[int] = count()
    band: Series[object] = _field("BIGINT")
    released_by: Series[str] = text()
    note: Series[str] = text()

    class Config:
        metadata = _table("figure", "run_no", "figure", "pack", "town")


class Conservation(pa.DataFrameModel):
    """Who stands in a pack's track in one town (empty: none known): opening + came + returned + moved - departed + corrected
    = closing. Returned people had been there before; `moved` is from and to other towns; `corrected` is what corrections
    brought in less what they took out."""

    pack: Series[str] = text(null=False)
    track: Series[str] = text(null=False, codes=TRACKS)
    town: Series[str] = text(null=False)
    opening: Series[int] = count()
    came: Series[int] = count()
    returned: Series[int] = count()
    moved: Series[int] = count()
    departed: Series[int] = count()
    corrected: Series[int] = count()
    closing: Series[int] = count()

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
