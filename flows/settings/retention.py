"""`[retention]` of the settings: for how many days what is kept. What is not named is kept for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from flows.settings.sources import Source, number
from ledger.retention import Terms
from ledger.standalone_verifier import LASTING
from schemas.extracts import LAYOUTS

CLASSES = tuple(f.name for f in fields(Terms) if f.name != "kinds")
OF_KINDS = tuple(name for name in CLASSES if name != "workbook_days")


@dataclass(frozen=True)
class Retention:
    """The terms, and the copies of the workspace (`backups`, paths) in which they hold as well."""

    terms: Terms = field(default_factory=Terms)
    backups: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.terms != Terms()


def read_retention(data: Mapping[str, Any], sources: Iterable[Source]) -> Retention:
    """The `[retention]` of the settings. Raises: ValueError in an officer's words."""
    kinds = {name: of for name, of in data.items() if isinstance(of, Mapping)}
    if strange := set(kinds) - set(LAYOUTS) | set(kinds) & set(LASTING):
        raise ValueError(f"[retention] 中没有 {'、'.join(sorted(strange))} 这个类别")
    own = {kind: Terms(**_days(f"retention.{kind}", of, OF_KINDS)) for kind, of in kinds.items()}
    plain = {name: value for name, value in data.items() if name not in kinds and name != "backups"}
    terms = Terms(**_days("retention", plain, CLASSES), kinds=own)
    _refuse_shorter_than_reports(terms, sources)
    backups = data.get("backups", [])
    if not isinstance(backups, list) or not all(isinstance(b, str) for b in backups):
        raise ValueError("retention.backups 应是若干备份目录的列表")
    return Retention(terms, tuple(backups))


def _days(where: str, data: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    if strange := set(data) - set(known):
        raise ValueError(f"[{where}] 不认识 {'、'.join(sorted(strange))}")
    return {name: number(f"{where}.{name}", days, whole=True) for name, days in data.items()}


def _refuse_shorter_than_reports(terms: Terms, sources: Iterable[Source]) -> None:
    """A row that went before its office could say it again would be missed when its person registers."""
    longest = max((s.days for s in sources if s.days is not None), default=0)
    every = [t.stranger_days for t in (terms, *terms.kinds.values()) if t.stranger_days is not None]
    if every and min(every) <= longest:
        raise ValueError(f"retention.stranger_days 应大于各来源的报送间隔（最长 {longest} 天）")
