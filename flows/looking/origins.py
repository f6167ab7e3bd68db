"""Where rows of ours came from: file, sheet, row, original, and how the row is linked today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from flows.workspace import Workspace
from ledger.retained_rows import DESTROYED
from ledger.retention import receipts
from schemas.extracts import LAYOUTS

RULES = {
    "id_and_name": "证件号码有效且相同，姓名相符", "id_name_conflict": "证件号码相同，姓名不符", "id_shared": "同一号码下有几个人",
    "id_damaged_and_name": "证件号码残缺，按号码其余部分与姓名", "name_birth_sex": "姓名、出生日期、性别",
    "name_and_phone": "姓名与电话", "name_only": "只有姓名", "no_usable_number": "没有可用的证件号码", "no_number": "没有证件号码，按姓名、出生日期、性别和住处或电话建档",
    "model": "各项比对的权重之和", "reviewer": "人工核定",
}  # fmt: skip
GRADES = {
    "exact": "确定",
    "variant": "号码相同、姓名有出入",
    "probable": "推定",
    "held": "暂缓",
    "review": "待核查",
    "none": "未归人",
}
KINDS = "select substr(view_name, 8) from duckdb_views() where starts_with(view_name, 'sealed_')"
# Where each row was sealed first, with its values if it still has them; and the run that destroyed them, if one did.
PLACES = """
select distinct on (record_id) '{kind}' as kind, record_id, delivery_id, row_no, match_status, rule, link_grade, if(rule = $destroyed, extra ->> $destroyed, null) as gone
from sealed_{kind} where record_id in (select unnest($records)) order by record_id, gone is not null, run_no
"""
NOW = (
    "select record_id, match_status, rule, link_grade from standing_{kind} where record_id in (select unnest($records))"
)
DELIVERIES = """
select delivery_id, file_name, sheet, kind, snapshot_date, coverage, encoding, status, reason, file_sha256
from {source} where delivery_id in (select unnest($deliveries)) order by status desc
"""
GONE = "        该行的内容已按保存期限销毁（凭证在第 {run} 次运行的清单），只存位置和哈希"


@dataclass(frozen=True)
class Place:
    """Where a row was sealed, how it was linked then, and the run that destroyed its values."""

    kind: str
    record: str
    delivery: str
    row: int
    status: str
    rule: str | None
    grade: str
    gone: str | None


@dataclass
class Origins:
    """Of the rows of one workspace, whose store is open. Many are looked for together: each search goes over all sealed rows."""

    con: duckdb.DuckDBPyConnection
    workspace: Workspace
    _deliveries: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def lines(self, records: Sequence[str]) -> list[str]:
        """File, row and original of each, and how it is linked today."""
        places = self._places(records)
        self._read(p.delivery for p in places.values())
        now = self._links_now(places.values())
        return [line for record in records for line in self._row_lines(record, places.get(record), now.get(record))]

    def destroyed(self, record: str) -> list[str]:
        return [GONE.format(run=place.gone) for place in self._places([record]).values() if place.gone]

    def delivery_lines(self, delivery: str, row: int) -> list[str]:
        self._read([delivery])
        if delivery not in self._deliveries:
            return [f"  交付 {delivery[:12]}… 不在任何运行中"]
        name, sheet, kind, day, coverage, encoding, status, reason, kept = self._deliveries[delivery]
        label = LAYOUTS[kind].label if kind in LAYOUTS else "未识别"
        where = f"{name}" + (f" 工作表「{sheet}」" if sheet else "") + f" 第 {row} 条数据"
        return [f"  来源：{where}（{label}，{day or '无日期'}，{coverage or '—'}，{encoding or '—'}，{status}{'：' + reason if reason else ''}）",
                f"        原件 archive/{kept}{self._is_destroyed(kept)}"]  # fmt: skip

    def _row_lines(self, record: str, place: Place | None, now: tuple[str, str, str] | None) -> list[str]:
        if place is None:
            return [f"  来源记录 {record} 不在任何运行中"]
        lines = self.delivery_lines(place.delivery, place.row)
        if place.gone:
            return [*lines, f"{GONE.format(run=place.gone)}；记录 {record}"]
        status, rule, grade = now or (place.status, place.rule, place.grade)
        stands = "" if now else "，现已不在库（撤销、更正或不再出现）"
        return [*lines, f"        认人：{status}，{RULES.get(rule or '', rule or '—')}，{GRADES.get(grade or '', grade)}{stands}；记录 {record}"]  # fmt: skip

    def _places(self, records: Sequence[str]) -> dict[str, Place]:
        sealed = {kind for (kind,) in self.con.execute(KINDS).fetchall()}
        asked = {"records": list(records), "destroyed": DESTROYED}
        found: dict[str, Place] = {}
        for kind in (kind for kind in LAYOUTS if kind in sealed):
            places = (Place(*row) for row in self.con.execute(PLACES.format(kind=kind), asked).fetchall())
            found = {p.record: p for p in places} | found
        return found

    def _links_now(self, places: Iterable[Place]) -> dict[str, tuple[str, str, str]]:
        of_kind: dict[str, list[str]] = {}
        for place in places:
            of_kind.setdefault(place.kind, []).append(place.record)
        return {
            record: (status, rule, grade)
            for kind, records in of_kind.items()
            for record, status, rule, grade in self.con.execute(NOW.format(kind=kind), {"records": records}).fetchall()
        }

    def _read(self, deliveries: Iterable[str]) -> None:
        """What is known of deliveries: the store has those that were taken in, the sealed runs every one."""
        asked = set(deliveries)
        sealed = str(self.workspace.runs / "*" / "tables" / "delivery.parquet").replace("'", "''")
        for source in ("store.delivery", f"read_parquet('{sealed}')"):
            if wanted := sorted(asked - set(self._deliveries)):
                rows = self.con.execute(DELIVERIES.format(source=source), {"deliveries": wanted}).fetchall()
                self._deliveries |= {delivery: tuple(told) for delivery, *told in rows}

    def _is_destroyed(self, sha256: str) -> str:
        run = None if (self.workspace.archive / sha256).exists() else self._receipts.get(f"archive/{sha256}")
        return f"（已按保存期限销毁，凭证在第 {run} 次运行的清单）" if run else ""

    @cached_property
    def _receipts(self) -> dict[str, int]:
        return receipts(self.workspace.runs)
