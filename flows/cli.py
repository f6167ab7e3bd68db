"""The command line. Heavy libraries are imported inside the commands, so that `--help` answers at once."""

import atexit
import os
import resource
import signal
import sys
import warnings
from types import FrameType

import typer
from typer.exceptions import TyperException

from flows.commands.console import accounts, console
from flows.commands.keys import keys
from flows.commands.looking import looking
from flows.commands.nightly import nightly
from flows.commands.trusting import trusting
from flows.commands.words import warn_officer
from schemas.errors import ZhaorenError, without_numbers

# Pyspark says of pandas 3 what concerns none of our use.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="找人 zhaoren：每夜接收各部门数据，认出是谁，按政策逐人判断，把变化记入台账。\n\n"
    "例：zhaoren init 工作区 --pack zhongshan,neimenggu\n\n例：zhaoren run 工作区 --as-of 2024-06-30\n\n"
    "退出码：0 完成；1 程序故障；2 用法或设置不对；3 完成但有文件被拒收；4 熔断未发布；5 另一个运行占用工作区。",
)
for commands in (nightly, looking, trusting, console):
    app.add_typer(commands)
app.add_typer(keys, name="keys")
app.add_typer(accounts, name="accounts")
ADDRESSES = 3 << 30  # bytes: below it nights of the sample, on two cores, ended in the middle
BY_CTRL_C = 130  # what typer makes of it
TOLD_TO_END: list[int] = []  # signals that came
# True before and after the seal, which no command can tell from outside.
WHOLE = (
    "已发布的都完整，没有发布的文件还在收件箱；再运行一次会补完（zhaoren status 可看到最近一次发布）。",
    "What was published is whole, what was not is still in the inbox; run it again (zhaoren status shows the last run).",
)


def main() -> None:
    """Entry point."""
    os.umask(0o077)  # what a command writes is for its owner: exports and workbooks hold people's data
    _end_in_words()
    try:
        code = run_command()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    if "prefect" in sys.modules:  # its threads outlive the interpreter's own clean-up, and DuckDB then prints a scare
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run_command() -> int:
    """The command; our own errors become one sentence and their exit code."""
    _warn_of_little_memory()
    try:
        code = app(standalone_mode=False)
        if code == BY_CTRL_C:
            return _interrupted()
        return code if isinstance(code, int) else 0
    except TyperException as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":
            typer.echo(getattr(wrong, "message", ""), err=True)
            return 2
        warn_officer(
            "用法不对：命令写错、缺少必需的参数，或有不认识的选项；请运行 zhaoren --help 或 zhaoren 命令 --help 查看用法和示例。",
            "Wrong use: an unknown command or option, or something missing; see zhaoren --help.",
        )
        return 2
    except ZhaorenError as problem:
        typer.echo(without_numbers(str(problem)), err=True)  # an argument or a path may hold one
        return problem.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        if TOLD_TO_END:  # a library that was at work tells of it in its own way
            return _interrupted()
        from flows.disk import disk_trouble

        if trouble := disk_trouble(error):
            typer.echo(without_numbers(trouble), err=True)
            return 1
        if os.environ.get("ZHAOREN_TRACE"):
            raise
        warn_officer(
            f"程序故障（{type(error).__name__}），没有走完。{WHOLE[0]}请保留现场并报告（设 ZHAOREN_TRACE=1 可看到详细位置）。",
            f"Program failure ({type(error).__name__}) before the end. {WHOLE[1]} Please report it (ZHAOREN_TRACE=1 shows where).",
        )
        return 1


def _warn_of_little_memory() -> None:
    """Beforehand: the libraries of others abort without a word where they are given no memory."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < ADDRESSES:
        warn_officer(
            f"注意：本账号的内存上限（ulimit -v）只有 {limit >> 20} MB，至少要 {ADDRESSES >> 20} MB，否则中途可能被系统中断而没有提示。{WHOLE[0]}请先运行 ulimit -v unlimited。",
            f"Note: the limit of memory (ulimit -v) is {limit >> 20} MB, less than the {ADDRESSES >> 20} MB needed: the system may end this without a word. {WHOLE[1]} Raise it first (ulimit -v unlimited).",
        )


def _interrupted() -> int:
    warn_officer("已中断，没有走完。" + WHOLE[0], "Interrupted before the end. " + WHOLE[1])
    return 1


def _end_in_words() -> None:
    """Whoever is told to end, by Ctrl-C, a machine that shuts down or a terminal that closes, ends with a sentence."""

    def end(number: int, _: FrameType | None) -> None:
        TOLD_TO_END.append(number)
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is not signal.SIG_IGN:  # nohup ignores the last one on purpose
            signal.signal(name, end)


if __name__ == "__main__":
    main()
