"""The commands of the console: `zhaoren serve`, `zhaoren accounts`."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.words import Dir
from schemas.errors import UsageError, say

if TYPE_CHECKING:
    from flows.console.state import State

console = typer.Typer()
accounts = typer.Typer(help="浏览器核查台的账号：新建，列出，停用，改密码。", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="账号，即核查人姓名", show_default=False)]


@console.command(
    help="在本机浏览器里核查：登录后逐件处理待决事项，答复在下一次运行时生效；按 Ctrl-C 结束。\n\n例：zhaoren serve 工作区"
)
def serve(
    directory: Dir,
    port: Annotated[int, typer.Option("--port", help="端口", min=1, max=65535)] = 8765,
    host: Annotated[str, typer.Option("--host", help="只接受本机地址")] = "127.0.0.1",
) -> None:
    from flows.console.lean import hold_little

    hold_little()
    from flows.console.serving import serve as run_console
    from flows.opened import find_workspace

    workspace = find_workspace(directory)
    typer.echo(say("正在准备页面……", "Making the pages ready…"))
    run_console(
        workspace,
        host,
        port,
        lambda: typer.echo(
            say(f"核查台：http://{host}:{port} （按 Ctrl-C 结束）", f"Console: http://{host}:{port} (Ctrl-C ends it)")
        ),
    )


@accounts.command(
    "add",
    help="新建账号，密码在提示后输入（或由标准输入给出一行）。角色：officer 经办、reviewer 复核、auditor 审计、administrator 管理员。\n\n"
    "例：zhaoren accounts add 工作区 李四 --role officer",
)
def add(
    directory: Dir,
    name: Name,
    role: Annotated[
        str, typer.Option("--role", help="officer、reviewer、auditor 或 administrator", show_default=False)
    ],
) -> None:
    from flows.console.accounts import add_account

    state = _state(directory)
    add_account(state, name, role, _password(), must_change=True)
    _note_set(state, name)
    typer.echo(
        say("账号已建好；第一次登录时须改密码。", "The account is made; its first sign-in asks for a new password.")
    )


@accounts.command("list", help="列出账号和角色。\n\n例：zhaoren accounts list 工作区")
def listed(directory: Dir) -> None:
    from flows.console.accounts import accounts_text

    typer.echo(accounts_text(_state(directory)))


@accounts.command(
    "remove",
    help="停用账号：不能再登录，未提交的答复作废，名字不再给别人用。\n\n例：zhaoren accounts remove 工作区 李四",
)
def remove(directory: Dir, name: Name) -> None:
    from flows.console.accounts import remove_account

    remove_account(_state(directory), name)
    typer.echo(say("账号已停用。", "The account is shut."))


@accounts.command("password", help="改密码；此人须重新登录。\n\n例：zhaoren accounts password 工作区 李四")
def password(directory: Dir, name: Name) -> None:
    from flows.console.accounts import set_password

    state = _state(directory)
    set_password(state, name, _password(), must_change=True)
    _note_set(state, name)
    typer.echo(
        say(
            "密码已改；下次登录时须改成自己的。", "The password is changed; the next sign-in asks for one of their own."
        )
    )


def _state(directory: Path) -> "State":
    from flows.console.state import State
    from flows.settings.read import read_settings
    from flows.workspace import Workspace

    read_settings(directory)
    return State(Workspace(directory.resolve()).console)


def _note_set(state: "State", name: str) -> None:
    """So that its owner sees that another set it, and when."""
    from flows.console import events

    events.note(state, time.time(), name.strip(), events.SET)


def _password() -> str:
    """Asked for twice on a terminal, else one line of standard input: never an argument, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    given = str(typer.prompt(say("密码", "Password"), hide_input=True))
    if given != typer.prompt(say("再输一次", "Once more"), hide_input=True):
        raise UsageError(say("两次输入的密码不同。", "The two passwords differ."))
    return given
