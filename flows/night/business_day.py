"""The business date of a night: as asked for, or today in China. One that can only be a slip, of a finger or of the clock, is refused
beforehand, since no earlier day can be run after it."""

from datetime import date

from flows.days import parse_day, today_in_shanghai
from flows.workspace import Workspace
from ledger.seal import read_manifest, sealed_runs
from schemas.errors import UsageError, say

LEAP = 31  # days: no office rests longer, and a clock that goes wrong is off by years


def business_day(workspace: Workspace, asked: str | None) -> date:
    """Raises: UsageError for no date, for one that is asked far ahead of the clock, and for a clock far ahead of the last run."""
    today = today_in_shanghai()
    if asked:
        day = parse_day(asked)
        if (day - today).days > LEAP:
            raise UsageError(
                say(f"业务日期 {day} 比这台机器的今天 {today} 晚 {(day - today).days} 天，多半是日期写错，或机器的时钟慢了。发布后更早的日期就不能再运行，所以没有运行；请改正日期，或校准时钟后再运行。要看以后的影响，请用 zhaoren whatif。",
                    f"{day} is {(day - today).days} days after this machine's today, {today}: a slip, or its clock is slow. No earlier day could be run after it, so nothing was run. Mend the date or the clock; zhaoren whatif looks ahead.")
            )  # fmt: skip
        return day
    last = last_day(workspace)
    if last and (today - last).days > LEAP:
        raise UsageError(
            say(f"这台机器的今天是 {today}，比上一次运行的 {last} 晚 {(today - last).days} 天，时钟可能不对。发布后更早的日期就不能再运行，所以没有运行；请核对时钟，日期没错就写明：zhaoren run {workspace.root} --as-of {today}。",
                f"This machine's today, {today}, is {(today - last).days} days after the last run's {last}: its clock may be wrong. No earlier day could be run after it, so nothing was run. See to the clock; if the date is right, say so: zhaoren run {workspace.root} --as-of {today}.")
        )  # fmt: skip
    return today


def last_day(workspace: Workspace) -> date | None:
    """The business date of the newest run; None before the first."""
    numbers = sealed_runs(workspace.sealed)
    return date.fromisoformat(read_manifest(workspace.sealed, numbers[-1])["as_of"]) if numbers else None
