"""What a run says about itself, and what the reader of its workbooks may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from reports.calendar import DueBook
from reports.catalogue import said
from schemas.readers import READERS, Reader

BEIJING = timezone(timedelta(hours=8))
FLOWS = ("opening", "inflow", "outflow", "closing")


@dataclass(frozen=True)
class PackNote:
    """One pack in use tonight. `status` "draft" puts a banner on every sheet of results."""

    code: str
    title: str
    version: str
    status: str

    @property
    def is_draft(self) -> bool:
        return self.status == "draft"


@dataclass(frozen=True)
class Night:
    """One run. `previous` is the sha256 of the last manifest or "", `table_hashes` holds rows and sha256 by table,
    `totals` may hold `PACK.TRACK.opening | inflow | outflow | closing`, `steps` are names and seconds, `blocking` the
    matcher's rules with pairs, keys narrowed and keys left out, `receipt` what a cover can say of its own run, `signing`
    who signs it, `pack_changes` the packs that read otherwise than the night before, with how many entries that made and
    what changed, `conservation` the rows of that table, `fed_lists` the lists that a rule in use can bring a line to, `books`
    the periodic books that are due."""

    run_no: int
    as_of: date
    recorded_at: datetime
    packs: tuple[PackNote, ...]
    previous: str
    table_hashes: dict[str, tuple[int, str]]
    totals: dict[str, int]
    barred: tuple[str, ...]
    steps: tuple[tuple[str, float], ...]
    blocking: tuple[tuple[str, int, int, int], ...] = ()
    receipt: str = ""
    signing: str = ""
    pack_changes: tuple[tuple[str, int, str], ...] = ()
    conservation: tuple[tuple[Any, ...], ...] = ()
    fed_lists: frozenset[str] = frozenset()
    books: tuple[DueBook, ...] = ()

    @property
    def title(self) -> str:
        return said("第 {n} 次运行　数据日期 {day}", n=self.run_no, day=f"{self.as_of:%Y-%m-%d}")

    @property
    def recorded_in_beijing(self) -> str:
        return said("{at}（北京时间）", at=f"{self.recorded_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}")

    @property
    def recorded_line(self) -> str:
        return said("记录时间 {at}", at=self.recorded_in_beijing)

    @property
    def receipt_line(self) -> str:
        return said("回执 {receipt}（核对：zhaoren verify 工作区 --receipt {receipt}）", receipt=self.receipt)

    @property
    def banners(self) -> tuple[str, ...]:
        """One line per draft pack, for the top of every sheet that shows what the packs found."""
        return tuple(
            said(
                "「征求意见稿」{title}（{code}，版本 {version}）尚未定稿，依其条款得出的结果仅供核对。",
                title=p.title,
                code=p.code,
                version=p.version,
            )
            for p in self.packs
            if p.is_draft
        )

    def balances(self) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
        """Pack, track and the four flows, for each pair whose four totals are all given."""
        pairs = {tuple(key.rsplit(".", 2)[:2]) for key in self.totals if key.count(".") >= 2}
        named = ((p, t, [self.totals.get(f"{p}.{t}.{flow}") for flow in FLOWS]) for p, t in sorted(pairs))
        return tuple((p, t, tuple(n for n in four if n is not None)) for p, t, four in named if None not in four)


@dataclass(frozen=True)
class Profile:
    """Who reads and what they may see (`READERS`), and how many rows a sheet may hold before the rest goes to a CSV beside it;
    `review_capacity` is that of the sheets of open questions of a night; `language` what the pages are written in."""

    rows_per_sheet: int = 20000
    review_capacity: int = 2000
    language: str = "zh"
    readers: Mapping[str, Reader] = field(default_factory=lambda: READERS)
