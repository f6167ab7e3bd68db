"""What several commands share: their arguments, how they open a workspace, and how they speak."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from schemas.errors import UsageError, not_written, say, without_numbers

# Whether it may be read the system says, and then in an officer's words; asked beforehand it would be a wrong use.
Dir = Annotated[Path, typer.Argument(help="工作区目录", show_default=False, readable=False)]
AsOf = Annotated[str | None, typer.Option("--as-of", help="业务日期，如 2024-06-30；不写则为北京时间今天")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="以当时所知为准：日期或时间，如 2024-07-01")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="查看或导出的用途，随记录封存；勿写个人信息")]


def made_room(out: Path | None) -> Path | None:
    """The folder of a file that is asked for, made where there is none. Raises: UsageError, before any work is done, also where
    a folder stands in the file's place."""
    if out and (not out.name or out.is_dir()):
        raise UsageError(
            say(f"{out} 是文件夹，不是文件；请在后面加上文件名。", f"{out} is a folder; add a file's name to it.")
        )
    if out:
        made_folder(out.parent)
    return out


def made_folder(folder: Path) -> Path:
    """Raises: UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from None
    return folder


def pack_names(given: list[str]) -> list[str]:
    """The packs of `--pack`, repeated or split by commas, each once."""
    return list(dict.fromkeys(p.strip() for text in given for p in re.split("[,，]", text) if p.strip()))


def open_workspace(directory: Path, *, unopened: bool = False) -> Any:
    """`unopened`: for those who check what is kept, also where it does not open."""
    from flows import opened
    from flows.settings.machine import keep_within
    from flows.settings.read import read_settings

    keep_within(read_settings(directory).machine)
    return opened.unopened(directory) if unopened else opened.find_workspace(directory)


def progress() -> Callable[[str], None]:
    """A line that moves with the steps on a terminal; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _: None
    from flows.night.steps import STEPS

    done = iter(range(1, len(STEPS) + 1))

    def show(label: str) -> None:
        step = next(done, len(STEPS))
        bar = "█" * step + "░" * (len(STEPS) - step)
        sys.stderr.write(f"\r{bar} {step}/{len(STEPS)} {label}    " + ("\n" if step == len(STEPS) else ""))
        sys.stderr.flush()

    return show


def tell(outcome: Any) -> None:
    """What happened tonight, in a few lines without any personal value."""
    if outcome.held:
        typer.echo(outcome.held, err=True)
        return
    done, changed = outcome.lines()
    typer.echo(done)
    words = {"refused": say("拒收", "refused"), "held": say("扣下", "held"), "duplicate": say("重复", "duplicate")}
    for name, state, reason in outcome.deliveries:
        if state in words:
            typer.echo(without_numbers(f"  {words[state]}：{name} —— {reason}"), err=True)
    tell_aside(outcome.put_aside)
    typer.echo(changed)
    if outcome.unset:
        count = len(outcome.unset)
        tell_officer(f"有 {count} 项数值文件没有写明，本单位也还没有设定，需要它们的判断没有下结论；逐项见 zhaoren doctor 工作区 --fix。",
             f"{count} values that no document gives are not set yet; what needs them is undecided. See zhaoren doctor DIR --fix.")  # fmt: skip
    tell_officer(f"工作簿在 {outcome.folder / 'workbooks'}", f"Workbooks are in {outcome.folder / 'workbooks'}")


def tell_aside(put_aside: Sequence[tuple[str, int, int]]) -> None:
    """How many rows of tonight's files do not count, and of which files not one does."""
    for name, aside, rows in put_aside:
        if aside == rows:
            typer.echo(without_numbers(say(f"  全部隔离：{name} —— {rows} 行一行也没有收下；请按逐行原因改正后重发。",
                                           f"  All put aside: {name}: not one of its {rows} rows counts; mend it by the reasons of each row and send it again.")), err=True)  # fmt: skip
    if put_aside:
        aside = sum(rows for _, rows, _ in put_aside)
        tell_officer(f"隔离 {aside} 行，没有计入；逐行原因见《比对日志》和给各机构的《质量反馈》。",
             f"{aside} rows were put aside and do not count; the reason for each is in 比对日志 and, for each office, 质量反馈.")  # fmt: skip


def tell_officer(chinese: str, english: str) -> None:
    typer.echo(say(chinese, english))


def warn_officer(chinese: str, english: str) -> None:
    typer.echo(say(chinese, english), err=True)
