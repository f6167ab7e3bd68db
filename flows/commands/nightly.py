"""The commands of a night: workspace, run, what holds it, its state."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.words import AsOf, Dir, open_workspace, pack_names, progress, tell, tell_officer, warn_officer

nightly = typer.Typer()


@nightly.command(help="新建工作区。\n\n例：zhaoren init 工作区 --pack zhongshan,neimenggu")
def init(
    directory: Dir,
    pack: Annotated[
        list[str], typer.Option("--pack", help="政策包代码或自己政策包的路径，可用逗号分开", show_default=False)
    ],
) -> None:
    from flows.settings.packs import open_values
    from flows.workspace import init_workspace

    packs = pack_names(pack)
    workspace = init_workspace(directory, packs)
    tell_officer(f"已建好 {workspace.root}：把今晚的文件放进 {workspace.inbox}，然后运行 zhaoren run {workspace.root}",
         f"{workspace.root} is ready: drop tonight's files into {workspace.inbox}, then zhaoren run {workspace.root}")  # fmt: skip
    if asked := open_values(packs):
        tell_officer(f"还有 {len(asked)} 项须由本单位在 zhaoren.toml 中设定，未设定前需要它们的判断不下结论：",
             f"{len(asked)} values must be set in zhaoren.toml; until then nothing that needs them is decided:")  # fmt: skip
        typer.echo("\n".join(f"  {line}" for line in asked))


@nightly.command(
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
    from flows.settings.read import read_settings
    from flows.timetable.prefect_link import api_answers, calm_prefect, configured_api, run_directly, run_through_flow
    from flows.trust.retaining import backup_warnings
    from flows.trust.signing_keys import head_warnings
    from intake.receive import never_read

    require_engine(engine)
    workspace = open_workspace(directory)
    if as_of:
        from flows.days import parse_day, today_in_shanghai

        if (day := parse_day(as_of)) > today_in_shanghai():
            warn_officer(f"注意：{day} 还没有到。这一夜发布后，早于它的日期就不能再运行。",
                       f"Note: {day} is yet to come. Once this night is published, no earlier day can be run.")  # fmt: skip
    calm_prefect()
    runner = run_through_flow if api_answers(configured_api()) else run_directly
    outcome = runner(workspace, as_of, progress(), engine)
    tell(outcome)
    if left := len(never_read(workspace.inbox)):
        warn_officer(f"收件箱中有 {left} 项不会被读取（文件夹、链接等），仍在原处；请运行 zhaoren doctor {directory} 查看如何处理。",
                   f"{left} things in the inbox are never read (folders, links) and stay there; see zhaoren doctor {directory}.")  # fmt: skip
    settings = read_settings(workspace.root)
    for place, what in (*head_warnings(workspace, settings), *backup_warnings(workspace, settings)):
        warn_officer(f"{place}：{what}", f"{place}: {what}")
    raise typer.Exit(outcome.exit_code)


@nightly.command(help="用自带的样例数据跑几夜，看看会发生什么。\n\n例：zhaoren demo build/demo")
def demo(directory: Annotated[Path, typer.Argument(help="新工作区目录")] = Path("zhaoren-demo")) -> None:
    from flows.demo import run_demo

    run_demo(directory, progress, tell)


@nightly.command(
    help="给被熔断扣住的一夜签字放行：只认眼前这些数字，再运行一次即发布，谁放行、为何放行记入清单和台账。\n\n"
    "例：zhaoren release 工作区 --officer 张三 --note 已与社保核实，系集中补报"
)
def release(
    directory: Dir,
    officer: Annotated[str, typer.Option("--officer", help="放行的经办人", show_default=False)],
    note: Annotated[str, typer.Option("--note", help="理由", show_default=False)],
) -> None:
    from flows.night.holding import hold_text
    from flows.night.holding import release as sign
    from flows.workspace import locked

    workspace = open_workspace(directory)
    with locked(workspace):
        hold = sign(workspace, officer, note)
    typer.echo(hold_text(workspace, hold))


@nightly.command(help="上一次运行发生了什么，收件箱里还有什么。\n\n例：zhaoren status 工作区")
def status(directory: Dir) -> None:
    from flows.looking.look import describe_status

    typer.echo(describe_status(open_workspace(directory)))


@nightly.command(
    help="运行之前查一查：设置、政策包、磁盘和收件箱里的文件哪里不对、怎样改；加 --fix 看可以写进设置的几行；加 --pack 只查一个还没有启用的政策包。\n\n"
    "例：zhaoren doctor 工作区 --fix\n\n例：zhaoren doctor 工作区 --pack 改过的政策包文件夹"
)
def doctor(
    directory: Dir,
    fix: Annotated[bool, typer.Option("--fix", help="显示可以写进 zhaoren.toml 的几行")] = False,
    pack: Annotated[str | None, typer.Option("--pack", help="只检查这个政策包（代码或路径）")] = None,
) -> None:
    from flows.doctor.examine import doctor_text, examine, examine_packs
    from flows.settings.read import settings_text

    if pack:
        text, is_sound = examine_packs([pack])
        typer.echo(text)
        raise typer.Exit(0 if is_sound else 1)
    workspace = open_workspace(directory, unopened=True)
    found = examine(workspace)
    typer.echo(doctor_text(found, fix=fix, written=settings_text(workspace.root)))
    raise typer.Exit(1 if any(f.stops for f in found) else 0)


@nightly.command(
    help="用 Prefect 按时运行（北京时间），按 Ctrl-C 结束。\n\n例：zhaoren schedule 工作区 --cron '0 2 * * *'"
)
def schedule(
    directory: Dir, cron: Annotated[str, typer.Option("--cron", help="cron 表达式，按北京时间", show_default=False)]
) -> None:
    from flows.timetable.prefect_link import calm_prefect
    from flows.timetable.serving import serve_nightly

    workspace = open_workspace(directory)
    calm_prefect()
    serve_nightly(workspace, cron)
