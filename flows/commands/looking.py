"""The commands that look: at a person, a row, a day, a rule, and at how well people are found."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.words import AsOf, Dir, KnownAt, Purpose, made_room, open_workspace, pack_names
from schemas.errors import UsageError, say

looking = typer.Typer()


@looking.command(
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
    from flows.days import parse_day
    from flows.looking.explain import explain_entry, explain_number, explain_person, explain_row, people_shown
    from flows.looking.look import moment, name_people_then, opened_store
    from flows.trust.access import record_access

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
    workspace, known = open_workspace(directory), moment(known_at)
    with opened_store(workspace) as con:
        name_people_then(con, workspace.runs, known)
        told = given[0][0](con, workspace, given[0][1], parse_day(as_of) if as_of else None, known)
    if (shown := people_shown(told)) or id_number:  # that a number is nobody's is an answer too
        record_access(workspace, "explain", shown, purpose=purpose)
    typer.echo(told)


@looking.command(help="某一天的台账，可指定以哪一天所知为准。\n\n例：zhaoren asof 工作区 2024-06-30 --out 台账.xlsx")
def asof(
    directory: Dir,
    day: Annotated[str, typer.Argument(metavar="DATE", help="日期，如 2024-06-30", show_default=False)],
    known_at: KnownAt = None,
    pack: Annotated[str | None, typer.Option("--pack", help="只看一个政策包")] = None,
    person: Annotated[str | None, typer.Option("--person", help="只看一个人的编号，如 P000000001")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", callback=made_room, help="写到文件：.xlsx、.csv 或 .parquet")
    ] = None,
    purpose: Purpose = None,
) -> None:
    from flows.days import parse_day
    from flows.looking.look import Asked, ledger_as_of, moment, name_people_then, opened_store
    from flows.settings.read import read_settings
    from flows.trust.access import taken_out

    workspace, on = open_workspace(directory), parse_day(day)
    settings = read_settings(workspace.root)
    asked = Asked(on, moment(known_at), settings.case_gap_days, pack, person)
    with opened_store(workspace) as con:
        name_people_then(con, workspace.runs, asked.known_at)
        if out is None:
            told = ledger_as_of(con, asked, None, settings.language)
        else:
            with taken_out(workspace, "asof", [on.isoformat()], out.parent, purpose) as made:
                told = ledger_as_of(con, asked, out, settings.language, made)
    typer.echo(told)


@looking.command(
    help="未决事项：export 写出待核查工作簿，import 收回填好的工作簿（双人独立核查的两簿一起给出）。\n\n"
    "例：zhaoren review 工作区 export --out 待核查.xlsx\n\n例：zhaoren review 工作区 import 待核查.xlsx"
)
def review(
    directory: Dir,
    action: Annotated[str, typer.Argument(metavar="export|import", show_default=False)],
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", show_default=False)] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", callback=made_room, help="export 写到这个 .xlsx；不写则为工作区内的 待核查.xlsx"),
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="export 写出甲、乙两簿，不含评分，供两人各自核查")] = False,
) -> None:
    workspace = open_workspace(directory)
    if action == "export" and not files:
        from flows.review.export import export_review

        typer.echo(export_review(workspace, out, blind=blind))
    elif action == "import" and files and not (out or blind):
        from flows.review.importing import import_answers

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


@looking.command(
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
    out: Annotated[
        Path | None, typer.Option("--out", callback=made_room, help="全部明细写到文件：.xlsx 或 .csv")
    ] = None,
    purpose: Purpose = None,
) -> None:
    from flows.days import parse_day
    from flows.packs.whatif import what_if

    typer.echo(
        what_if(open_workspace(directory), pack_names(pack or []), parse_day(as_of) if as_of else None, out, purpose)
    )


@looking.command(
    help="用带真实编号的对照文件测认人的准与全：按来源、损坏、姓名形态、年龄分列，带 95% 区间。\n\n"
    "对照文件是 CSV，列为 文件（或 交付）、行号、真实编号（空为外人），可加 损坏。\n\n"
    "例：zhaoren evaluate 工作区 --truth 对照.csv --out 指标.csv"
)
def evaluate(
    directory: Dir,
    truth: Annotated[Path, typer.Option("--truth", help="对照文件（CSV）", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", callback=made_room, help="把同样的指标写成 .csv")] = None,
) -> None:
    from flows.looking.look import opened_store
    from flows.who.evaluated import evaluation_text, write_figures
    from flows.who.evaluating import evaluate as measure

    workspace = open_workspace(directory)
    with opened_store(workspace) as con:
        counts, figures = measure(con, workspace, truth)
    if out:
        write_figures(figures, out)
    typer.echo(evaluation_text(counts, figures))


@looking.command(
    help="不用标注，由本工作区自己的记录估计比对模型，写成 model.json，下一次运行起使用；删去它即恢复自带模型。\n\n例：zhaoren train 工作区"
)
def train(directory: Dir) -> None:
    from flows.who.learnt import training_text
    from flows.who.training_run import train_own
    from matchers.model import read_model

    model = train_own(open_workspace(directory))
    typer.echo(training_text(model, read_model()))
