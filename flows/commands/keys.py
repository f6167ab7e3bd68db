"""The commands of `zhaoren keys`."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.words import Dir, warn_officer
from schemas.errors import say

keys = typer.Typer(help="密钥：签名密钥的生成与更换，存放密钥的生成与改用。", no_args_is_help=True)


@keys.command(
    "new", help="生成一对签名密钥：私钥文件和同名的 .pub 公钥文件。\n\n例：zhaoren keys new /media/key/zhaoren.key"
)
def keys_new(
    file: Annotated[Path, typer.Argument(help="私钥文件，放在工作区以外", show_default=False)],
    algorithm: Annotated[str, typer.Option("--algorithm", help="签名算法：ed25519；sm2（由签名命令签）")] = "ed25519",
    command: Annotated[
        str,
        typer.Option("--command", help="由这个命令签名（如国密设备的工具）：待签内容从标准输入给，签名从标准输出取"),
    ] = "",
    public: Annotated[str, typer.Option("--public", help="签名命令的公钥，十六进制")] = "",
) -> None:
    from flows.trust.signing_keys import name_device, new_key_pair

    typer.echo(name_device(file, algorithm, public, command) if command or public else new_key_pair(file, algorithm))


@keys.command(
    "change",
    help="登记更换签名密钥，由下一次运行写进链：新公钥由旧密钥签名；旧密钥遗失时如实登记。\n\n"
    "例：zhaoren keys change 工作区 --to 新密钥 --from 旧密钥",
)
def keys_change(
    directory: Dir,
    to: Annotated[Path, typer.Option("--to", help="新密钥文件", show_default=False)],
    old: Annotated[Path | None, typer.Option("--from", help="旧密钥文件")] = None,
    lost: Annotated[bool, typer.Option("--lost", help="旧密钥已遗失")] = False,
) -> None:
    from flows.opened import find_workspace
    from flows.trust.signing_keys import change_key

    typer.echo(change_key(find_workspace(directory), to, old, lost=lost))


@keys.command(
    "new-at-rest",
    help="生成存放密钥：archive 里的原始文件用它逐个加密。\n\n例：zhaoren keys new-at-rest /media/key/archive.key",
)
def keys_new_at_rest(
    file: Annotated[Path, typer.Argument(help="密钥文件，放在工作区以外", show_default=False)],
) -> None:
    from flows.files.kept_files import make_rest_key

    typer.echo(make_rest_key(file))


@keys.command(
    "encrypt",
    help="把 archive 里的文件都改用设置中现在的存放密钥（没有写密钥则解密），写了 open_at 时 runs 也是；中断后可再运行。\n\n例：zhaoren keys encrypt 工作区",
)
def keys_encrypt(directory: Dir) -> None:
    from flows.opened import unopened
    from flows.trust.rekeying import encrypt_all

    typer.echo(encrypt_all(unopened(directory)))


@keys.command(
    "open",
    help="把加密的运行在 open_at 处打开（夜间运行和各命令会自动打开缺的）；加 --run 打开某一次运行的工作簿。\n\n例：zhaoren keys open 工作区 --run 3",
)
def keys_open(
    directory: Dir,
    run_no: Annotated[int | None, typer.Option("--run", help="打开这一次运行的工作簿")] = None,
) -> None:
    from flows.opened import closed_books, find_workspace, open_books

    workspace = find_workspace(directory)
    typer.echo(str(open_books(workspace, run_no) if run_no else workspace.runs))
    if run_no and (closed := closed_books(workspace, run_no)):
        warn_officer(f"第 {run_no} 次运行有 {closed} 个工作簿打不开：已按期销毁，或所用的存放密钥已遗失。",
                     f"{closed} workbooks of run {run_no} do not open: destroyed in their time, or under a key that is lost.")  # fmt: skip


@keys.command("close", help="抹去 open_at 处打开的表、库和工作簿；封存的不受影响。\n\n例：zhaoren keys close 工作区")
def keys_close(directory: Dir) -> None:
    from flows.opened import close_workspace

    done = close_workspace(directory)
    typer.echo(say("已关闭，打开处已抹去。", "Closed: what was open is wiped.") if done else say("没有打开的。", "Nothing was open."))  # fmt: skip
