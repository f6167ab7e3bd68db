"""Content that came before: without effect, unless it says something all the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from intake.receive import Incoming

NOTHING_NEW, STILL_SO = "nothing new", "still so"
SAME_TONIGHT = "与本次另一个文件的内容完全相同，不再处理。"
KNOWN_FILES = """
select d.delivery_id, d.kind, d.office, max(d.snapshot_date), bool_and(d.coverage = 'full') from store.delivery as d
left join (select withdraws as delivery_id, max(rowid) as since from store.delivery where withdraws is not null group by all) as w using (delivery_id)
where d.withdraws is null and d.rowid > coalesce(w.since, -1) group by d.delivery_id, d.kind, d.office
"""
CONFIRM = """
insert into source_tonight
select kind, office, coverage, $day, rows, headers from store.source
where kind = $kind and office = $office and coverage = 'full' and snapshot_date < $day
  and (kind, office, coverage) not in (select (kind, office, coverage) from source_tonight where snapshot_date >= $day)
"""


def under_other_names(inputs: Iterable[Mapping[str, str]], told: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """(file name, status, reason) of tonight's files whose content `told` (delivery_id to file name) names otherwise: deliveries are
    known by their content, and who looks for the other name must hear of it too."""
    for one in inputs:
        first = told.get(one["sha256"], one["file_name"])
        if first != one["file_name"] and one["status"] != "accepted":
            apart = f"内容与《{first}》完全相同，按这个文件名不能收下；请核对是否放错了文件，或写错了文件名。"
            yield one["file_name"], one["status"], SAME_TONIGHT if one["status"] == "duplicate" else apart


@dataclass(frozen=True)
class Known:
    """A file that was taken in and not taken back, with the newest date it came under."""

    delivery_id: str
    kind: str
    office: str
    day: date
    is_full: bool


class Repeats:
    """What is known of tonight's files by their content."""

    def __init__(self, con: duckdb.DuckDBPyConnection, found: Sequence[Incoming], as_of: date) -> None:
        self.con, self.as_of = con, as_of
        known = [Known(*row) for row in con.execute(KNOWN_FILES).fetchall()]
        self.before = {(k.delivery_id, k.kind): k for k in known}
        self.told = {(k.kind, k.office, k.delivery_id, k.day) for k in known}
        self.told |= {(f.kind or "", f.office, f.delivery_id, f.snapshot_date or date.max) for f in found if not f.withdraws}  # fmt: skip

    def what_of(self, incoming: Incoming) -> str:
        """Empty for content to be taken in: what never came, or a newer full snapshot that goes back to how things stood
        before another delivery of its source. Of one before which nothing else came, STILL_SO: it says that nothing has
        changed."""
        last, day = self.before.get((incoming.delivery_id, incoming.kind or "")), incoming.snapshot_date
        if last is None or incoming.withdraws:
            return ""
        if incoming.coverage != "full" or day is None or day <= last.day:
            return NOTHING_NEW
        if not last.is_full or self._came_between(incoming, last.day, day):
            return ""
        is_sound = last.office == incoming.office and incoming.problem is None and day <= self.as_of
        return STILL_SO if is_sound else NOTHING_NEW

    def _came_between(self, incoming: Incoming, last: date, day: date) -> bool:
        return any(
            (kind, office) == (incoming.kind, incoming.office) and sha != incoming.delivery_id and last <= other <= day
            for kind, office, sha, other in self.told
        )

    def confirm(self, incoming: Incoming) -> None:
        """A register that did not change was delivered all the same: its source is as new as that."""
        where = {"kind": incoming.kind, "office": incoming.office, "day": incoming.snapshot_date}
        self.con.execute(CONFIRM, where)
