"""Files in, a night run, tables out: what the scenario tests share. All people, firms and numbers are invented.

A `Town` is one workspace and who is talked about in it. Each `Said` is one delivered row with the nights it stands in
the full snapshots; a night writes every snapshot that changed, runs, and gives the sealed tables back.
"""

import calendar
import csv
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq

from flows.night.outcome import Outcome
from flows.workspace import Workspace, init_workspace
from sample_data.numbers import credit_codes, identity_number
from tests.rough_files import night_of

AREA = 442099
SURNAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "志远文斌永强玉梅卫东建国春生海涛淑芳丽华国庆金山福来嘉欣晓峰立新红霞世杰桂兰"
FIRMS = {
    name: str(credit_codes(np.array([serial]), np.array([91]))[0])
    for serial, name in enumerate(("甲厂", "乙厂", "丙店", "丁社"), start=70_001)
}


@dataclass(frozen=True)
class Someone:
    """An invented person with a valid number."""

    name: str
    number: str
    sex: str
    birth: date

    @property
    def fifteen(self) -> str:
        """The number as it was written before 1999."""
        return self.number[:6] + self.number[8:17]

    @property
    def bad_check(self) -> str:
        """The number with a wrong check character."""
        return self.number[:17] + ("1" if self.number[17] != "1" else "2")


@dataclass(frozen=True)
class Said:
    """One delivered row: its extract, its own cells, and the nights it stands in the full snapshots (ISO days)."""

    kind: str
    cells: Mapping[str, str]
    since: str = ""
    until: str = "9999"

    def stands(self, day: str) -> bool:
        return self.since <= day < self.until

    def about(self, who: Someone) -> dict[str, str]:
        """The row with the person's cells, of which its own cells may replace any."""
        own = {"残疾人证号": who.number + "43"} if self.kind == "残疾人证" else {}
        return {"姓名": who.name, "证件号码": who.number} | own | dict(self.cells)


def _given(**cells: str) -> dict[str, str]:
    return {header: text for header, text in cells.items() if text}


def month_end(month: str) -> str:
    year, number = int(month[:4]), int(month[-2:])
    return f"{year}-{number:02d}-{calendar.monthrange(year, number)[1]:02d}"


def stop(
    paid: str, since: str = "", until: str = "9999", *, reason: str = "合同期满", firm: str = "甲厂", **cells: str
) -> Said:
    row = _given(单位名称=firm, 统一社会信用代码=FIRMS[firm], 险种="养老", 停保原因=reason, 最后缴费年月=paid)
    return Said("社保停保", row | {"停保日期": month_end(paid)} | cells, since, until)


def insured(
    start: str, since: str = "", until: str = "9999", *, payer: str = "单位职工", firm: str = "乙厂", end: str = "",
    paid: str = "", **cells: str,
) -> Said:  # fmt: skip
    row = _given(单位名称=firm, 统一社会信用代码=FIRMS.get(firm, ""), 险种="养老", 缴费主体=payer)
    row |= _given(参保起始年月=start, 最近缴费年月=paid, 参保终止年月=end)
    return Said("社保参保", row | cells, since, until)


def flexible(start: str, since: str = "", until: str = "9999") -> Said:
    return insured(start, since, until, payer="灵活就业", firm="")


def benefit(start: str, end: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    return Said("失业保险待遇", {"起领年月": start, "止领年月": end} | cells, since, until)


def registered(day: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    return Said("失业登记", {"登记日期": day, "有劳动能力": "是", "有就业要求": "是"} | cells, since, until)


def aid(start: str, end: str = "", since: str = "", until: str = "9999", **cells: str) -> Said:
    row = _given(低保证号="DB001", 救助类别="城市低保", 起始保障年月=start, 终止保障年月=end)
    return Said("低保低收入", row | cells, since, until)


def certificate(issued: str, valid_to: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    row = {"残疾类别": "肢体", "残疾等级": "三级", "发证日期": issued, "有效期至": valid_to, "证件状态": "有效"}
    return Said("残疾人证", row | cells, since, until)


def pension(start: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    row = {"待遇类别": "职工养老", "待遇开始日期": start, "发放状态": "正常"}
    return Said("养老待遇", row | cells, since, until)


def death(day: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    return Said("死亡", {"死亡日期": day, "数据来源": "民政"} | cells, since, until)


def licence(founded: str, since: str = "", until: str = "9999", *, firm: str = "丙店", **cells: str) -> Said:
    row = {"统一社会信用代码": FIRMS[firm], "企业名称": firm, "主体类型": "个体工商户", "任职身份": "经营者"}
    return Said("市场主体", row | {"登记状态": "存续", "成立日期": founded} | cells, since, until)


def service(day: str, kind: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    row = {"服务日期": day, "服务类型": kind, "服务方式": "电话", "服务人员": "王站长"}
    return Said("服务记录", row | cells, since, until)


@cache
def _rows_of(path: Path, _inode: int, _changed: int) -> list[dict[str, Any]]:
    """A table as it is now: a hundred cases ask for the same night's entries."""
    return list(pq.read_table(path).to_pylist())


def _asked(store: Path, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    con = duckdb.connect(str(store), read_only=True)
    try:
        return list(con.sql(query, params=list(values)).to_arrow_table().to_pylist())
    finally:
        con.close()


@cache
def _held_by(store: Path, _inode: int, _changed: int, table: str) -> list[dict[str, Any]]:
    """A table of the store as it is now: a hundred cases ask it for one row each."""
    return _asked(store, f"from {table}", ())


@dataclass(frozen=True)
class Night:
    """One sealed run, read back."""

    folder: Path
    outcome: Outcome

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The table's rows in their order; none where the run has no such list. Not to be changed: they are read once."""
        path = self.folder / "tables" / f"{table}.parquet"
        return _rows_of(path, path.stat().st_ino, path.stat().st_mtime_ns) if path.exists() else []

    def entries(self, **where: Any) -> list[dict[str, Any]]:
        return [e for e in self.rows("ledger_entry") if all(e[k] == v for k, v in where.items())]

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "manifest.json").read_text(encoding="utf-8")))


def brief(entry: Mapping[str, Any]) -> str:
    """What an entry says, in one line: track, op, clause, basis or ground; `ended` where an UPD only ends another."""
    ended = " ended" if entry["op"] == "UPD" and entry["valid_to"] is not None else ""
    return f"{entry['track']} {entry['op']} {entry['clause']} {entry['basis'] or entry['ground']}{ended}"


@dataclass
class Town:
    """A workspace, its people and the rows that stand about them. Its nights write workbooks only where `books` says so."""

    workspace: Workspace
    told: list[tuple[Someone, Said]] = field(default_factory=list)
    nights: dict[str, Night] = field(default_factory=dict)
    written: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    people: int = 0
    books: bool = False

    @classmethod
    def found(cls, root: Path, *packs: str, books: bool = False) -> "Town":
        return cls(init_workspace(root, packs), books=books)

    def copy(self, folder: Path) -> "Town":
        """The same nights in a folder of their own, to live on apart."""
        place = Workspace(Path(shutil.copytree(self.workspace.root, folder / "ws")).resolve())
        return Town(place, list(self.told), dict(self.nights), dict(self.written), self.people, self.books)

    def person(self, birth: str, sex: str = "男", *, name: str = "", area: int = AREA) -> Someone:
        """Somebody new, with a number of their own and a name that nobody else here has."""
        count, self.people = self.people, self.people + 1
        born = date.fromisoformat(birth)
        first, second = GIVEN[(7 * count) % len(GIVEN)], GIVEN[(11 * count + count // 36 + 5) % len(GIVEN)]
        made = SURNAMES[count % len(SURNAMES)] + first + second
        number = identity_number(area, born, 2 * count + (1 if sex == "男" else 2))
        return Someone(name or made, number, sex, born)

    def tell(self, who: Someone, *said: Said) -> Someone:
        self.told += [(who, one) for one in said]
        return who

    def night(self, day: str) -> Night:
        """Deliver every full snapshot that is not as it was last delivered, and run the night."""
        kinds = dict.fromkeys(said.kind for _, said in self.told)
        for kind in kinds:
            rows = [said.about(who) for who, said in self.told if said.kind == kind and said.stands(day)]
            if rows and rows != self.written.get(kind):
                self.written[kind] = rows
                self.drop(f"{kind}_{day.replace('-', '')}_全量.csv", rows)
        return self.run(day)

    def deliver(self, kind: str, day: str, coverage: str, rows: Iterable[Mapping[str, str]], note: str = "") -> Path:
        return self.drop(f"{kind}_{day.replace('-', '')}_{coverage}{'_' + note if note else ''}.csv", list(rows))

    def drop(self, file_name: str, rows: Sequence[Mapping[str, str]]) -> Path:
        """Write one UTF-8 file into the inbox."""
        path = self.workspace.inbox / file_name
        headers = list(dict.fromkeys(header for row in rows for header in row))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, headers, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def run(self, day: str) -> Night:
        outcome = night_of(self.workspace, date.fromisoformat(day), books=self.books)
        self.nights[day] = Night(outcome.folder, outcome)
        return self.nights[day]

    def ask(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the store as dictionaries."""
        return _asked(self.workspace.store, query, values)

    def held(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """The rows of a table of the store where these columns say so. Not to be changed: they are read once."""
        store, now = self.workspace.store, self.workspace.store.stat()
        rows = _held_by(store, now.st_ino, now.st_mtime_ns, table)
        return [row for row in rows if all(row[name] == value for name, value in where.items())]

    def person_id(self, who: Someone) -> str:
        found = self.held("person", id_number=who.number, name=who.name)
        return str(found[0]["person_id"]) if found else ""

    def entries(self, who: Someone, day: str) -> list[dict[str, Any]]:
        """Tonight's entries that carry this person's number."""
        return [e for e in self.nights[day].entries() if e["id_number"] == who.number]

    def state(self, who: Someone, pack: str, track: str) -> dict[str, Any]:
        """The person's row in a track of the ledger as it stands, or an empty one."""
        found = self.held("ledger_state", person_id=self.person_id(who), pack=pack, track=track)
        return found[0] if found else {}


@dataclass(frozen=True)
class Case:
    """One person of a scenario: what is said of them, and what each night must post, nothing else. The expectation
    covers the tracks in `tracks` and, where `clause` is given, only clauses that begin so."""

    id: str
    birth: str
    said: tuple[Said, ...]
    expect: Mapping[str, tuple[str, ...]]
    sex: str = "男"
    tracks: str = "RHL"
    clause: str = ""
    name: str = ""
    area: int = AREA

    def covers(self, entry: Mapping[str, Any]) -> bool:
        return entry["track"] in self.tracks and entry["clause"].startswith(self.clause)

    def play(self, town: Town) -> Someone:
        return town.tell(town.person(self.birth, self.sex, name=self.name, area=self.area), *self.said)


@dataclass
class Stage:
    """A town in which every case has been played through all nights."""

    town: Town
    cast: dict[str, Someone]

    def posted(self, case: Case) -> dict[str, tuple[str, ...]]:
        """Per night what the ledger said of the case's person; nights without an entry are left out."""
        found = {}
        for day in self.town.nights:
            lines = [brief(e) for e in self.town.entries(self.cast[case.id], day) if case.covers(e)]
            if lines:
                found[day] = tuple(lines)
        return found

    def entry(self, case_id: str, day: str, line: str) -> dict[str, Any]:
        """The one entry of the case's person that reads so."""
        found = [e for e in self.town.entries(self.cast[case_id], day) if brief(e) == line]
        assert len(found) == 1, f"{len(found)} entries read {line}"
        return found[0]


def stage(root: Path, packs: Sequence[str], nights: Sequence[str], cases: Sequence[Case]) -> Stage:
    """Play all cases side by side in one workspace, night after night. That a night run twice says nothing the second time
    is shown under all packs by test_scenarios_clauses and test_sameness."""
    town = Town.found(root, *packs)
    cast = {case.id: case.play(town) for case in cases}
    assert len(cast) == len(cases)
    for day in nights:
        town.night(day)
    return Stage(town, cast)
