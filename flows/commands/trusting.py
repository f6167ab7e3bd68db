"""The commands of the chain: verify, prove, rebuild, approve; what leaves the house, and what is destroyed."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.words import AsOf, Dir, Purpose, made_folder, made_room, open_workspace, tell_officer, warn_officer
from schemas.errors import say

trusting = typer.Typer()


@trusting.command(
    help="核对运行链、每个哈希、每个合计、每个签名，并与另存的清单哈希对照；--receipt 查封面上的回执属于哪一次运行。\n\n"
    "例：zhaoren verify 工作区 --head 最新清单的sha256 --public-key 公钥文件"
)
def verify(
    directory: Dir,
    head: Annotated[str, typer.Option("--head", help="应有的最新清单 sha256")] = "",
    public_key: Annotated[Path | None, typer.Option("--public-key", help="可信的公钥文件（.pub）")] = None,
    receipt: Annotated[str, typer.Option("--receipt", help="工作簿封面上的回执")] = "",
) -> None:
    from flows.trust.verifying import verification

    good, faults, notes = verification(open_workspace(directory, unopened=True), head, public_key, receipt)
    for line in (*faults, *notes):
        typer.echo(line, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo("\n".join(good))


@trusting.command(
    help="写一份证明：某条台账分录，或某次运行的全部分录，在运行链里；不用工作区也能核对。\n\n"
    "例：zhaoren prove 工作区 --entry 3-17 --out 证明.json --verifier 核对.py"
)
def prove(
    directory: Dir,
    out: Annotated[Path, typer.Option("--out", callback=made_room, help="写到这个文件", show_default=False)],
    entry: Annotated[str | None, typer.Option("--entry", help="台账流水号，如 3-17；证明里只有这一条")] = None,
    run_no: Annotated[int | None, typer.Option("--run", help="第几次运行；证明里是它的全部分录")] = None,
    verifier: Annotated[
        Path | None, typer.Option("--verifier", callback=made_room, help="把独立核对程序也写到这个文件")
    ] = None,
    purpose: Purpose = None,
) -> None:
    from flows.trust.proving import write_proof

    typer.echo(write_proof(open_workspace(directory), entry, run_no, out, verifier, purpose))


@trusting.command(help="由 runs 和 archive 重建 store.duckdb，结果与原来相同。\n\n例：zhaoren rebuild 工作区")
def rebuild(directory: Dir) -> None:
    from flows.looking.look import rebuild_store

    workspace = open_workspace(directory)
    count = rebuild_store(workspace)
    tell_officer(f"已由 {count} 次运行重建 {workspace.store}。", f"Rebuilt {workspace.store} from {count} runs.")


@trusting.command(
    help="批准政策包：用批准人自己的密钥签在政策包的文件上；改政策包的账号不能批准它。\n\n"
    "例：zhaoren approve zhongshan --key 批准.key --officer 李四 --out /media/approver/approvals.jsonl"
)
def approve(
    packs: Annotated[list[str], typer.Argument(metavar="PACK...", help="政策包代码或路径", show_default=False)],
    key: Annotated[Path, typer.Option("--key", help="批准人的密钥文件（zhaoren keys new）", show_default=False)],
    officer: Annotated[str, typer.Option("--officer", help="批准人", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", callback=made_room, help="批准记录，每次批准添一行", show_default=False)
    ],
    settings: Annotated[
        Path | None,
        typer.Option("--settings", help="工作区的 zhaoren.toml 或其副本：其中 [parameters.政策包] 的数值一并批准"),
    ] = None,
) -> None:
    from flows.packs.approving import approve as sign

    typer.echo(sign(packs, key, officer, out, settings))


@trusting.command(
    help="把封存的一个工作簿加上密码写出来，交给要求加密码的接收方；密码文件写在 [passwords]，谁取走记录在案。\n\n"
    "例：zhaoren handout 工作区 --to 苍榆镇 --book 台账增量.xlsx --out 苍榆.xlsx"
)
def handout(
    directory: Dir,
    to: Annotated[str, typer.Option("--to", help="接收方，见 zhaoren.toml 的 [passwords]", show_default=False)],
    book: Annotated[
        str, typer.Option("--book", help="工作簿，如 台账增量.xlsx 或 分镇街/苍榆镇.xlsx", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", callback=made_room, help="写到这个 .xlsx", show_default=False)],
    run_no: Annotated[int | None, typer.Option("--run", help="第几次运行；不写则为最近一次", min=1)] = None,
    purpose: Purpose = None,
) -> None:
    from flows.trust.handing_out import hand_out

    typer.echo(hand_out(open_workspace(directory), to, book, run_no, out, purpose))


@trusting.command(
    help="把每次运行的台账增量写成编号、相连、可核对的数据包，发给设置中的接收方；加 --snapshot 写一份完整快照。\n\n"
    "例：zhaoren send 工作区 --to 市信息中心 --out 外发"
)
def send(
    directory: Dir,
    to: Annotated[str, typer.Option("--to", help="接收方，见 zhaoren.toml 的 [recipients]", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", callback=made_folder, help="数据包写到的目录；已在其中的不重写", show_default=False)
    ],
    snapshot: Annotated[bool, typer.Option("--snapshot", help="写一份截至最近一次运行的快照")] = False,
) -> None:
    from flows.exchange import send as write_packages
    from flows.settings.read import read_settings
    from flows.trust.signing_keys import key_path

    workspace = open_workspace(directory)
    written = write_packages(workspace, to, out, is_snapshot=snapshot)
    if written and key_path(workspace, read_settings(workspace.root)) is None:
        warn_officer("注意：没有签名密钥，数据包没有签名，登记了公钥的接收方不会收；见 zhaoren keys new。",
                   "Note: there is no signing key; a receiver that knows one refuses these. See zhaoren keys new.")  # fmt: skip
    names = "、".join(p.name for p in written) or say("没有新的", "nothing new")
    tell_officer(f"写好 {len(written)} 个数据包：{names}", f"{len(written)} packages written: {names}")


@trusting.command(
    help="接收方：把收到的数据包并入自己的台账副本；缺号、重复、乱序、改动都会发现。\n\n例：zhaoren receive 台账副本 收到的目录"
)
def receive(
    directory: Annotated[Path, typer.Argument(help="台账副本所在目录，没有时新建", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="数据包，或放数据包的目录", show_default=False)],
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="发送方的公钥文件；登记一次，以后只收它签的数据包")
    ] = None,
) -> None:
    from flows.exchange import receive_packages, received_text

    result = receive_packages(directory, files, public_key)
    typer.echo(received_text(result))
    raise typer.Exit(3 if result.refused or result.missing is not None else 0)


@trusting.command(
    help="看下一次运行按 [retention] 的保存期限会销毁什么，备份里还有什么该销毁；只看，不销毁。\n\n"
    "例：zhaoren retention 工作区\n\n例：zhaoren retention 工作区 --backup 备份目录"
)
def retention(
    directory: Dir,
    as_of: AsOf = None,
    backup: Annotated[
        Path | None, typer.Option("--backup", help="把该备份里的凭证在该备份中执行：销毁凭证所列的文件")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", callback=made_room, help="把处理记录（何时收了什么、销毁了什么）写成这个 .csv"),
    ] = None,
) -> None:
    from flows.days import parse_day, today_in_shanghai
    from flows.settings.read import read_settings
    from flows.trust.processing_record import write_record
    from flows.trust.retaining import dry_run, plan_text, prune_backup

    workspace = open_workspace(directory)
    if backup:
        count = prune_backup(workspace, backup)
        tell_officer(f"备份中销毁了 {count} 个文件。", f"{count} files destroyed in the backup.")
    elif record:
        rows = write_record(workspace, record)
        tell_officer(
            f"处理记录 {rows} 行，已写入 {record}。", f"The record of processing, {rows} lines, is in {record}."
        )
    else:
        gone = dry_run(workspace, parse_day(as_of) if as_of else today_in_shanghai())
        typer.echo(plan_text(gone, workspace, read_settings(workspace.root)))
