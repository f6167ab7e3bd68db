"""The command line. Heavy libraries are imported inside the commands, so that `--help` answers at once."""

import atexit
import os
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from flows.cli_console import accounts, serve
from flows.cli_keys import keys
from schemas.errors import UsageError, ZhaorenError, not_written, say, without_numbers

# With the extra `cluster` installed pandera imports it, and pyspark then says of pandas 3 what concerns none of our use.
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
app.add_typer(keys, name="keys")
app.add_typer(accounts, name="accounts")
# True before and after the seal, which no command can tell from outside.
WHOLE = (
    "已发布的都完整，没有发布的文件还在收件箱；再运行一次会补完（zhaoren status 可看到最近一次发布）。",
    "What was published is whole, what was not is still in the inbox; run it again (zhaoren status shows the last run).",
)
Dir = Annotated[Path, typer.Argument(help="工作区目录", show_default=False)]
AsOf = Annotated[str | None, typer.Option("--as-of", help="业务日期，如 2024-06-30；不写则为北京时间今天")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="以当时所知为准：日期或时间，如 2024-07-01")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="查看或导出的用途，随记录封存；勿写个人信息")]


def _room(out: Path | None) -> Path | None:
    """The folder of a file that is asked for, made where there is none. Raises: UsageError, before any work is done."""
    try:
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(out, error) from None
    return out


@app.command(help="新建工作区。\n\n例：zhaoren init 工作区 --pack zhongshan,neimenggu")
def init(
    directory: Dir,
    pack: Annotated[
        list[str], typer.Option("--pack", help="政策包代码或自己政策包的路径，可用逗号分开", show_default=False)
    ],
) -> None:
    from flows.pack_settings import open_values
    from flows.workspace import init_workspace

    packs = _pack_names(pack)
    workspace = init_workspace(directory, packs)
    _say(f"已建好 {workspace.root}：把今晚的文件放进 {workspace.inbox}，然后运行 zhaoren run {workspace.root}",
         f"{workspace.root} is ready: drop tonight's files into {workspace.inbox}, then zhaoren run {workspace.root}")  # fmt: skip
    if asked := open_values(packs):
        _say(f"还有 {len(asked)} 项须由本单位在 zhaoren.toml 中设定，未设定前需要它们的判断不下结论：",
             f"{len(asked)} values must be set in zhaoren.toml; until then nothing that needs them is decided:")  # fmt: skip
        typer.echo("\n".join(f"  {line}" for line in asked))


@app.command(
    help="运行一夜：收齐 inbox 里的文件，认人，判断，记账，出表。\n\n例：zhaoren run 工作区 --as-of 2024-06-30"
)
def run(
    directory: Dir,
    as_of: AsOf = None,
    engine: Annotated[
        str,
        typer.Option("--engine", help="计算引擎：local 在本机；spark 在 Spark 集群（设置见 zhaoren.toml 的 [engine]）"),
    ] = "local",
) -> None:
    from flows.engines.choose import require_engine
    from flows.prefect_link import api_answers, calm_prefect, configured_api, run_directly, run_through_flow
    from flows.settings import read_settings
    from flows.trust import head_warnings

    require_engine(engine)
    workspace = _workspace(directory)
    if as_of:
        from flows.night import parse_day, today_in_shanghai

        if (day := parse_day(as_of)) > today_in_shanghai():
            _say_error(f"注意：{day} 还没有到。这一夜发布后，早于它的日期就不能再运行。",
                       f"Note: {day} is yet to come. Once this night is published, no earlier day can be run.")  # fmt: skip
    calm_prefect()
    runner = run_through_flow if api_answers(configured_api()) else run_directly
    outcome = runner(workspace, as_of, _progress(), engine)
    _tell(outcome)
    for place, what in head_warnings(workspace, read_settings(workspace.root)):
        _say_error(f"{place}：{what}", f"{place}: {what}")
    raise typer.Exit(outcome.exit_code)


@app.command(help="用自带的样例数据跑几夜，看看会发生什么。\n\n例：zhaoren demo build/demo")
def demo(directory: Annotated[Path, typer.Argument(help="新工作区目录")] = Path("zhaoren-demo")) -> None:
    from flows.demo import run_demo

    run_demo(directory, _progress, _tell)


@app.command(
    help="说明一条记录、一个人或一条台账从何而来，直到文件、行和条款。\n\n例：zhaoren explain 工作区 --entry 1-5"
)
def explain(
    directory: Dir,
    person: Annotated[str | None, typer.Option("--person", help="人员编号，如 P000000001")] = None,
    row: Annotated[
        str | None, typer.Option("--row", help="交付:行号；交付可写 sha256（或前 8 位以上）或文件名")
    ] = None,
    entry: Annotated[str | None, typer.Option("--entry", help="台账流水号，如 1-5")] = None,
    id_number: Annotated[str | None, typer.Option("--id", help="证件号码")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    purpose: Purpose = None,
) -> None:
    from flows.access import record_access
    from flows.explain import explain_entry, explain_number, explain_person, explain_row, people_shown
    from flows.look import moment, opened_store
    from flows.night import parse_day

    given = [
        (f, v)
        for f, v in ((explain_person, person), (explain_row, row), (explain_entry, entry), (explain_number, id_number))
        if v
    ]
    if len(given) != 1:
        raise UsageError(
            say(
                "请恰好给出 --person、--row、--entry、--id 中的一个。",
                "Give exactly one of --person, --row, --entry, --id.",
            )
        )
    workspace = _workspace(directory)
    with opened_store(workspace) as con:
        told = given[0][0](con, workspace, given[0][1], parse_day(as_of) if as_of else None, moment(known_at))
    if (shown := people_shown(told)) or id_number:  # that a number is nobody's is an answer too
        record_access(workspace, "explain", shown, purpose=purpose)
    typer.echo(told)


@app.command(help="某一天的台账，可指定以哪一天所知为准。\n\n例：zhaoren asof 工作区 2024-06-30 --out 台账.xlsx")
def asof(
    directory: Dir,
    day: Annotated[str, typer.Argument(metavar="DATE", help="日期，如 2024-06-30", show_default=False)],
    known_at: KnownAt = None,
    pack: Annotated[str | None, typer.Option("--pack", help="只看一个政策包")] = None,
    person: Annotated[str | None, typer.Option("--person", help="只看一个人的编号，如 P000000001")] = None,
    out: Annotated[Path | None, typer.Option("--out", callback=_room, help="写到文件：.xlsx、.csv 或 .parquet")] = None,
    purpose: Purpose = None,
) -> None:
    from flows.access import record_file
    from flows.look import Asked, ledger_as_of, moment, opened_store
    from flows.night import parse_day
    from flows.settings import read_settings

    workspace, on = _workspace(directory), parse_day(day)
    settings = read_settings(workspace.root)
    asked = Asked(on, moment(known_at), settings.case_gap_days, pack, person)
    with opened_store(workspace) as con:
        told = ledger_as_of(con, asked, out, settings.language)
    if out:
        record_file(workspace, "asof", [on.isoformat()], out, purpose)
    typer.echo(told)


@app.command(
    help="未决事项：export 写出待核查工作簿，import 收回填好的工作簿（双人独立核查的两簿一起给出）。\n\n"
    "例：zhaoren review 工作区 export --out 待核查.xlsx\n\n例：zhaoren review 工作区 import 待核查.xlsx"
)
def review(
    directory: Dir,
    action: Annotated[str, typer.Argument(metavar="export|import", show_default=False)],
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", show_default=False)] = None,
    out: Annotated[
        Path | None, typer.Option("--out", callback=_room, help="export 写到这个 .xlsx；不写则为工作区内的 待核查.xlsx")
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="export 写出甲、乙两簿，不含评分，供两人各自核查")] = False,
) -> None:
    workspace = _workspace(directory)
    if action == "export" and not files:
        from flows.review_export import export_review

        typer.echo(export_review(workspace, out, blind=blind))
    elif action == "import" and files and not (out or blind):
        from flows.review_import import import_answers

        done = import_answers(workspace, files)
        typer.echo(done.text)
        raise typer.Exit(done.exit_code)
    else:
        raise UsageError(
            say(
                "请写成 zhaoren review 工作区 export [--out 文件] [--blind]，或 zhaoren review 工作区 import 文件。",
                "Write zhaoren review DIR export [--out FILE] [--blind], or zhaoren review DIR import FILE.",
            )
        )


@app.command(
    help="给被熔断扣住的一夜签字放行：只认眼前这些数字，再运行一次即发布，谁放行、为何放行记入清单和台账。\n\n"
    "例：zhaoren release 工作区 --officer 张三 --note 已与社保核实，系集中补报"
)
def release(
    directory: Dir,
    officer: Annotated[str, typer.Option("--officer", help="放行的经办人", show_default=False)],
    note: Annotated[str, typer.Option("--note", help="理由", show_default=False)],
) -> None:
    from flows.holding import hold_text
    from flows.holding import release as sign
    from flows.workspace import locked

    workspace = _workspace(directory)
    with locked(workspace):
        hold = sign(workspace, officer, note)
    typer.echo(hold_text(workspace, hold))


@app.command(
    help="核对运行链、每个哈希、每个合计、每个签名，并与另存的清单哈希对照；--receipt 查封面上的回执属于哪一次运行。\n\n"
    "例：zhaoren verify 工作区 --head 最新清单的sha256 --public-key 公钥文件"
)
def verify(
    directory: Dir,
    head: Annotated[str, typer.Option("--head", help="应有的最新清单 sha256")] = "",
    public_key: Annotated[Path | None, typer.Option("--public-key", help="可信的公钥文件（.pub）")] = None,
    receipt: Annotated[str, typer.Option("--receipt", help="工作簿封面上的回执")] = "",
) -> None:
    from flows.verifying import verification

    good, faults, notes = verification(_workspace(directory, unopened=True), head, public_key, receipt)
    for line in (*faults, *notes):
        typer.echo(line, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo("\n".join(good))


@app.command(
    help="写一份证明：某条台账分录，或某次运行的全部分录，在运行链里；不用工作区也能核对。\n\n"
    "例：zhaoren prove 工作区 --entry 3-17 --out 证明.json --verifier 核对.py"
)
def prove(
    directory: Dir,
    out: Annotated[Path, typer.Option("--out", callback=_room, help="写到这个文件", show_default=False)],
    entry: Annotated[str | None, typer.Option("--entry", help="台账流水号，如 3-17；证明里只有这一条")] = None,
    run_no: Annotated[int | None, typer.Option("--run", help="第几次运行；证明里是它的全部分录")] = None,
    verifier: Annotated[Path | None, typer.Option("--verifier", help="把独立核对程序也写到这个文件")] = None,
    purpose: Purpose = None,
) -> None:
    from flows.proving import write_proof

    typer.echo(write_proof(_workspace(directory), entry, run_no, out, verifier, purpose))


@app.command(
    help="把封存的一个工作簿加上密码写出来，交给要求加密码的接收方；密码文件写在 [passwords]，谁取走记录在案。\n\n"
    "例：zhaoren handout 工作区 --to 苍榆镇 --book 台账增量.xlsx --out 苍榆.xlsx"
)
def handout(
    directory: Dir,
    to: Annotated[str, typer.Option("--to", help="接收方，见 zhaoren.toml 的 [passwords]", show_default=False)],
    book: Annotated[
        str, typer.Option("--book", help="工作簿，如 台账增量.xlsx 或 分镇街/苍榆镇.xlsx", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", callback=_room, help="写到这个 .xlsx", show_default=False)],
    run_no: Annotated[int | None, typer.Option("--run", help="第几次运行；不写则为最近一次", min=1)] = None,
    purpose: Purpose = None,
) -> None:
    from flows.handing_out import hand_out

    typer.echo(hand_out(_workspace(directory), to, book, run_no, out, purpose))


@app.command(
    help="批准政策包：用批准人自己的密钥签在政策包的文件上；改政策包的账号不能批准它。\n\n"
    "例：zhaoren approve zhongshan --key 批准.key --officer 李四 --out /media/approver/approvals.jsonl"
)
def approve(
    packs: Annotated[list[str], typer.Argument(metavar="PACK...", help="政策包代码或路径", show_default=False)],
    key: Annotated[Path, typer.Option("--key", help="批准人的密钥文件（zhaoren keys new）", show_default=False)],
    officer: Annotated[str, typer.Option("--officer", help="批准人", show_default=False)],
    out: Annotated[Path, typer.Option("--out", callback=_room, help="批准记录，每次批准添一行", show_default=False)],
) -> None:
    from flows.approving import approve as sign

    typer.echo(sign(packs, key, officer, out))


@app.command(help="由 runs 和 archive 重建 store.duckdb，结果与原来相同。\n\n例：zhaoren rebuild 工作区")
def rebuild(directory: Dir) -> None:
    from flows.look import rebuild_store

    workspace = _workspace(directory)
    count = rebuild_store(workspace)
    _say(f"已由 {count} 次运行重建 {workspace.store}。", f"Rebuilt {workspace.store} from {count} runs.")


@app.command(
    help="试算：换用某个政策包会改变什么；只看，不改变任何内容，可与夜间运行同时进行；谁看过记录在案。\n\n"
    "终端上只列人员编号；姓名、遮蔽的号码和理由写到 --out。不写 --pack 时，试算设置里现在写着的政策包和参数。\n\n"
    "例：zhaoren whatif 工作区 --pack 改过的政策包文件夹 --out 影响.xlsx"
)
def whatif(
    directory: Dir,
    pack: Annotated[
        list[str] | None, typer.Option("--pack", help="政策包代码、路径，或 代码@运行号（当时的政策包）；可用逗号分开")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="业务日期；不写则为上一次运行的日期")] = None,
    out: Annotated[Path | None, typer.Option("--out", callback=_room, help="全部明细写到文件：.xlsx 或 .csv")] = None,
    purpose: Purpose = None,
) -> None:
    from flows.night import parse_day
    from flows.whatif import what_if

    typer.echo(
        what_if(_workspace(directory), _pack_names(pack or []), parse_day(as_of) if as_of else None, out, purpose)
    )


@app.command(help="上一次运行发生了什么，收件箱里还有什么。\n\n例：zhaoren status 工作区")
def status(directory: Dir) -> None:
    from flows.look import describe_status

    typer.echo(describe_status(_workspace(directory)))


@app.command(
    help="运行之前查一查：设置、政策包、磁盘和收件箱里的文件哪里不对、怎样改；加 --fix 看可以写进设置的几行；加 --pack 只查一个还没有启用的政策包。\n\n"
    "例：zhaoren doctor 工作区 --fix\n\n例：zhaoren doctor 工作区 --pack 改过的政策包文件夹"
)
def doctor(
    directory: Dir,
    fix: Annotated[bool, typer.Option("--fix", help="显示可以写进 zhaoren.toml 的几行")] = False,
    pack: Annotated[str | None, typer.Option("--pack", help="只检查这个政策包（代码或路径）")] = None,
) -> None:
    from flows.doctor import doctor_text, examine, examine_packs

    if pack:
        text, is_sound = examine_packs([pack])
        typer.echo(text)
        raise typer.Exit(0 if is_sound else 1)
    found = examine(_workspace(directory, unopened=True))
    typer.echo(doctor_text(found, fix=fix))
    raise typer.Exit(1 if any(f.stops for f in found) else 0)


@app.command(
    help="用带真实编号的对照文件测认人的准与全：按来源、损坏、姓名形态、年龄分列，带 95% 区间。\n\n"
    "对照文件是 CSV，列为 文件（或 交付）、行号、真实编号（空为外人），可加 损坏。\n\n"
    "例：zhaoren evaluate 工作区 --truth 对照.csv --out 指标.csv"
)
def evaluate(
    directory: Dir,
    truth: Annotated[Path, typer.Option("--truth", help="对照文件（CSV）", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", callback=_room, help="把同样的指标写成 .csv")] = None,
) -> None:
    from flows.evaluated import evaluation_text, write_figures
    from flows.evaluating import evaluate as measure
    from flows.look import opened_store

    workspace = _workspace(directory)
    with opened_store(workspace) as con:
        counts, figures = measure(con, workspace, truth)
    if out:
        write_figures(figures, out)
    typer.echo(evaluation_text(counts, figures))


@app.command(
    help="不用标注，由本工作区自己的记录估计比对模型，写成 model.json，下一次运行起使用；删去它即恢复自带模型。\n\n例：zhaoren train 工作区"
)
def train(directory: Dir) -> None:
    from flows.learnt import training_text
    from flows.training_run import train_own
    from matchers.model import read_model

    model = train_own(_workspace(directory))
    typer.echo(training_text(model, read_model()))


@app.command(
    help="把每次运行的台账增量写成编号、相连、可核对的数据包，发给设置中的接收方；加 --snapshot 写一份完整快照。\n\n"
    "例：zhaoren send 工作区 --to 市信息中心 --out 外发"
)
def send(
    directory: Dir,
    to: Annotated[str, typer.Option("--to", help="接收方，见 zhaoren.toml 的 [recipients]", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", callback=_room, help="数据包写到的目录；已在其中的不重写", show_default=False)
    ],
    snapshot: Annotated[bool, typer.Option("--snapshot", help="写一份截至最近一次运行的快照")] = False,
) -> None:
    from flows.exchange import send as write_packages
    from flows.settings import read_settings
    from flows.trust import key_path

    workspace = _workspace(directory)
    written = write_packages(workspace, to, out, is_snapshot=snapshot)
    if written and key_path(workspace, read_settings(workspace.root)) is None:
        _say_error("注意：没有签名密钥，数据包没有签名，登记了公钥的接收方不会收；见 zhaoren keys new。",
                   "Note: there is no signing key; a receiver that knows one refuses these. See zhaoren keys new.")  # fmt: skip
    names = "、".join(p.name for p in written) or say("没有新的", "nothing new")
    _say(f"写好 {len(written)} 个数据包：{names}", f"{len(written)} packages written: {names}")


@app.command(
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


@app.command(
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
        Path | None, typer.Option("--record", help="把处理记录（何时收了什么、销毁了什么）写成这个 .csv")
    ] = None,
) -> None:
    from flows.night import parse_day, today_in_shanghai
    from flows.processing_record import write_record
    from flows.retaining import dry_run, plan_text, prune_backup
    from flows.settings import read_settings

    workspace = _workspace(directory)
    if backup:
        count = prune_backup(workspace, backup)
        _say(f"备份中销毁了 {count} 个文件。", f"{count} files destroyed in the backup.")
    elif record:
        rows = write_record(workspace, record)
        _say(f"处理记录 {rows} 行，已写入 {record}。", f"The record of processing, {rows} lines, is in {record}.")
    else:
        gone = dry_run(workspace, parse_day(as_of) if as_of else today_in_shanghai())
        typer.echo(plan_text(gone, workspace, read_settings(workspace.root)))


@app.command(help="用 Prefect 按时运行（北京时间），按 Ctrl-C 结束。\n\n例：zhaoren schedule 工作区 --cron '0 2 * * *'")
def schedule(
    directory: Dir, cron: Annotated[str, typer.Option("--cron", help="cron 表达式，按北京时间", show_default=False)]
) -> None:
    from flows.prefect_link import calm_prefect
    from flows.schedule import serve_nightly

    workspace = _workspace(directory)
    calm_prefect()
    serve_nightly(workspace, cron)


app.command(
    help="在本机浏览器里核查：登录后逐件处理待决事项，答复在下一次运行时生效；按 Ctrl-C 结束。\n\n例：zhaoren serve 工作区"
)(serve)


def _pack_names(given: list[str]) -> list[str]:
    """The packs of `--pack`, repeated or split by commas, each once."""
    return list(dict.fromkeys(p.strip() for text in given for p in re.split("[,，]", text) if p.strip()))


def _workspace(directory: Path, *, unopened: bool = False) -> Any:
    """`unopened`: for those who check what is kept, also where it does not open."""
    from flows import opened
    from flows.memory import keep_within
    from flows.settings import read_settings

    keep_within(read_settings(directory).machine)
    return opened.unopened(directory) if unopened else opened.find_workspace(directory)


def _progress() -> Callable[[str], None]:
    """A line that moves with the steps on a terminal; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _: None
    from flows.night import STEPS

    done = iter(range(1, len(STEPS) + 1))

    def show(label: str) -> None:
        step = next(done, len(STEPS))
        bar = "█" * step + "░" * (len(STEPS) - step)
        sys.stderr.write(f"\r{bar} {step}/{len(STEPS)} {label}    " + ("\n" if step == len(STEPS) else ""))
        sys.stderr.flush()

    return show


def _tell(outcome: Any) -> None:
    """What happened tonight, in a few lines without any personal value."""
    if outcome.held:
        typer.echo(outcome.held, err=True)
        return
    accepted = sum(s == "accepted" for _, s, _ in outcome.deliveries)
    _say(f"第 {outcome.run_no} 次运行完成：收下 {accepted} 个文件，共 {len(outcome.deliveries)} 个；已知 {outcome.people} 人。",
         f"Run {outcome.run_no} done: {accepted} of {len(outcome.deliveries)} files accepted; {outcome.people} people known.")  # fmt: skip
    words = {"refused": say("拒收", "refused"), "held": say("扣下", "held"), "duplicate": say("重复", "duplicate")}
    for name, state, reason in outcome.deliveries:
        if state in words:
            typer.echo(without_numbers(f"  {words[state]}：{name} —— {reason}"), err=True)
    changes = "，".join(f"{op} {n}" for op, n in outcome.entries) or say("没有变化", "no change")
    _say(f"台账变化：{changes}", f"Ledger changes: {changes}")
    if outcome.unset:
        count = len(outcome.unset)
        _say(f"有 {count} 项数值文件没有写明，本单位也还没有设定，需要它们的判断没有下结论；逐项见 zhaoren doctor 工作区 --fix。",
             f"{count} values that no document gives are not set yet; what needs them is undecided. See zhaoren doctor DIR --fix.")  # fmt: skip
    _say(f"工作簿在 {outcome.folder / 'workbooks'}", f"Workbooks are in {outcome.folder / 'workbooks'}")


def _say(chinese: str, english: str) -> None:
    typer.echo(say(chinese, english))


def main() -> None:
    """Entry point."""
    os.umask(0o077)  # what a command writes is for its owner: exports and workbooks hold people's data
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
    try:
        code = app(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except TyperException as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":
            typer.echo(getattr(wrong, "message", ""), err=True)
            return 2
        _say_error(
            "用法不对：命令写错、缺少必需的参数，或有不认识的选项；请运行 zhaoren --help 或 zhaoren 命令 --help 查看用法和示例。",
            "Wrong use: an unknown command or option, or something missing; see zhaoren --help.",
        )
        return 2
    except ZhaorenError as problem:
        typer.echo(str(problem), err=True)
        return problem.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say_error("已中断，没有走完。" + WHOLE[0], "Interrupted before the end. " + WHOLE[1])
        return 1
    except Exception as error:
        from flows.disk import disk_trouble

        if trouble := disk_trouble(error):
            typer.echo(trouble, err=True)
            return 1
        if os.environ.get("ZHAOREN_TRACE"):
            raise
        _say_error(
            f"程序故障（{type(error).__name__}），没有走完。{WHOLE[0]}请保留现场并报告（设 ZHAOREN_TRACE=1 可看到详细位置）。",
            f"Program failure ({type(error).__name__}) before the end. {WHOLE[1]} Please report it (ZHAOREN_TRACE=1 shows where).",
        )
        return 1


def _say_error(chinese: str, english: str) -> None:
    typer.echo(say(chinese, english), err=True)


if __name__ == "__main__":
    main()
