"""Tables that a sealed run publishes: one model each, in key order.

Types, nullability, codes and the key are the model's own. `describe` gives what the sealer, the documentation and the tests
read; the sealer compiles it to one statement over all rows, whose answer is the model's.
"""

from typing import Annotated, Any

import pyarrow

from schemas.declaring import Model
from schemas.dtypes import Day, Moment, Number, Real, Text, Texts, Truth, sql_of
from schemas.modelling import cell, table_of

DELIVERY_STATUS = ("accepted", "refused", "duplicate", "held")
MATCH_STATUS = ("linked", "new_person", "not_linked", "review", "unchanged")
TRACKS = ("R", "H", "L", "T")
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
Weights = Annotated[Any, WEIGHT_PARTS]
Levels = Annotated[Any, LEVEL_PARTS]


class Delivery(Model):
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
        metadata = table_of("delivery", "delivery_id")


class Quarantine(Model):
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
        metadata = table_of("quarantine", "delivery_id", "row_no")


class MatchLog(Model):
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
        metadata = table_of("match_log", "delivery_id", "row_no")


class Person(Model):
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
        metadata = table_of("person", "person_id")


class LedgerEntry(Model):
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
        metadata = table_of("ledger_entry", "entry_id")


class OutboundList(Model):
    """One line of an outbound list (`lists/Oxx`), from the ledger entry it names."""

    person_id: Text = cell()
    employer_uscc: Text = cell()
    employer_name: Text = cell()
    clause: Text = cell(null=False)
    due_date: Day = cell()
    entry_id: Text = cell(null=False)
    content: Text = cell()

    class Config:
        metadata = table_of("list", "entry_id", "person_id", "employer_uscc", "employer_name")


PERIODIC_LISTS = ("O16", "O17", "O18", "O21", "O23", "O24")


class BookLine(Model):
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
        metadata = table_of("book_line", "book", "row_no")


PUBLISHED = (Delivery, Quarantine, MatchLog, Person, LedgerEntry)
