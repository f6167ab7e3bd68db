"""Tables that a run seals for the house itself: its journal, folded into the store, and the night's own figures."""

from schemas.declaring import Model
from schemas.dtypes import Day, Moment, Number, Text, Texts
from schemas.modelling import cell, table_of
from schemas.tables import MATCH_STATUS, TRACKS

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


class Link(Model):
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
        metadata = table_of("link", "kind", "office", "record_id")


class Ended(Model):
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
        metadata = table_of("ended", "kind", "office", "record_id")


class Retold(Model):
    """A standing row that a later delta said again unchanged: it is as new as that delta."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    record_id: Text = cell(null=False)
    delivery_id: Text = cell(null=False)

    class Config:
        metadata = table_of("retold", "kind", "office", "record_id", "delivery_id")


class Notice(Model):
    """What was odd about a delivery that was taken in all the same: unknown codes, extra columns, moved columns."""

    delivery_id: Text = cell(null=False)
    column: Text = cell(null=False)
    check: Text = cell(null=False)
    rows: Number = cell(null=False)
    message: Text = cell(null=False)

    class Config:
        metadata = table_of("notice", "delivery_id", "column", "check")


class Source(Model):
    """The newest accepted snapshot of one source: its date, how many rows it had, and its column headers in order.
    No date: all it ever sent was taken back."""

    kind: Text = cell(null=False)
    office: Text = cell(null=False)
    coverage: Text = cell(null=False, codes=("full", "delta"))
    snapshot_date: Day = cell()
    rows: Number = cell(null=False)
    headers: Texts = cell()

    class Config:
        metadata = table_of("source", "kind", "office", "coverage")


class Scorecard(Model):
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
        metadata = table_of("scorecard", "kind", "office")


class PersonHold(Model):
    """Somebody whose number another person carries too (`id_shared`), or who is like another but for the number
    (`another_number`): until it is decided only HOLD and REVIEW are posted for them."""

    person_id: Text = cell(null=False)
    cause: Text = cell(null=False)

    class Config:
        metadata = table_of("person_hold", "person_id")


class RuleOutcome(Model):
    """How many people a rule held for, could not be decided for (with the missing columns), or was not tested for."""

    pack: Text = cell(null=False)
    rule_id: Text = cell(null=False)
    outcome: Text = cell(null=False)
    missing: Text = cell()
    people: Number = cell(null=False)

    class Config:
        metadata = table_of("rule_outcome", "pack", "rule_id", "outcome", "missing")


class Access(Model):
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
        metadata = table_of("access", "accessed_at", "access_id")


class PackInForce(Model):
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
        metadata = table_of("pack_in_force", "pack")


class NightFigure(Model):
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
        metadata = table_of("figure", "run_no", "figure", "pack", "town")


class Conservation(Model):
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
        metadata = table_of("conservation", "pack", "track", "town")


INTERNAL = (
    Link, Ended, Retold, Notice, Source, PersonHold, RuleOutcome, Scorecard, Access, PackInForce, NightFigure, Conservation,
)  # fmt: skip
