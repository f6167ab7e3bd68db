"""What is wrong here and how to mend it, before a night is run. Looks only; changes nothing and guesses nothing."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from flows.days import today_in_shanghai
from flows.disk import disk_trouble
from flows.doctor.inbox import Told, examine_inbox
from flows.doctor.privacy import examine_privacy
from flows.night.holding import hold_text, read_hold
from flows.opened import find_workspace
from flows.packs.check import check_packs
from flows.settings.lines import by_section
from flows.settings.machine import Machine
from flows.settings.packs import require_distinct, value_faults
from flows.settings.read import Settings, read_settings
from flows.timetable.announcing import read_addresses
from flows.trust.rekeying import kept_parts
from flows.trust.retaining import backup_warnings
from flows.trust.signing_keys import head_warnings, key_path, open_signing
from flows.workspace import Workspace, is_read_only, locked, open_to_others
from intake.receive import never_read
from ledger.seal import read_manifest, require_chain, sealed_runs
from ledger.store import held_runs, physical_memory, require_all_runs
from policies.pack import pack_files, pack_of, read_asks, read_units
from schemas.errors import UsageError, WorkspaceBusy, ZhaorenError, without_numbers

NEEDED = ("python_calamine", "lxml", "openpyxl", "xlsxwriter", "rapidfuzz", "pandera", "pyarrow", "duckdb")
ROOM_TIMES, ROOM_LEAST = 12, 1 << 30  # archive, scratch, sealed run and store beside what lies in the inbox


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `stops`: the night would fail or refuse something; else it is worth knowing. `settings`
    are the lines that would mend it."""

    where: str
    what: str
    stops: bool = True
    settings: str = ""


def examine(workspace: Workspace) -> list[Finding]:
    """Everything that can be found out without running a night. Raises: UsageError where the settings cannot be read."""
    settings = read_settings(workspace.root)
    try:
        workspace = find_workspace(workspace.root)
    except ZhaorenError as problem:  # what rests on tables cannot be said
        return [Finding("存放密钥", str(problem)), *_program(), *_folders(workspace, settings), *_packs(settings)]
    found = [
        *_program(),
        *_folders(workspace, settings),
        *_packs(settings),
        *_runs(workspace),
        *_trust(workspace, settings),
        *_kept(workspace, settings),
    ]
    told = (*examine_privacy(workspace, settings), *_inbox(workspace, settings))
    return [*found, *(Finding(*one) for one in told)]


def _inbox(workspace: Workspace, settings: Settings) -> list[Told]:
    """What the inbox holds for tonight, or why that cannot be said."""
    try:
        return list(examine_inbox(workspace, settings, today_in_shanghai()))
    except Exception as error:
        if trouble := disk_trouble(error):
            return [("inbox", trouble, True, "")]
        raise


def doctor_text(found: list[Finding], *, fix: bool, written: str = "") -> str:
    """The findings, the ones that stop something first; with `fix` also the settings lines that go with what is `written`."""
    if not found:
        return "没有发现问题，可以运行。"
    lines = [f"{'✗' if f.stops else '·'} {f.where}：{f.what}" for f in sorted(found, key=lambda f: not f.stops)]
    mends = by_section((f.settings for f in found if f.settings), written)
    if fix and mends:
        lines += ["", "可以写进 zhaoren.toml 的几行（请核对后自己写入，程序不代为改动）：", "", "\n\n".join(mends)]
    elif mends:
        lines += ["", "有几处可以用设置解决：加 --fix 看要写的几行。"]
    return "\n".join(lines)


def _program() -> Iterator[Finding]:
    for name in NEEDED:
        if find_spec(name) is None:
            yield Finding("程序", f"缺少组件 {name}；请在程序目录重新运行 make demo 安装。")


def _folders(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    if workspace.root.stat().st_mode & 0o077:
        yield Finding(str(workspace.root), "其他用户也能打开这个目录；请运行 chmod 700。", stops=False)
    if count := open_to_others(workspace):
        yield Finding(
            str(workspace.root),
            f"其中 {count} 个文件或文件夹其他用户也能打开；请运行 chmod -R go= {workspace.root}。",
            stops=False,
        )
    inbox = sum(p.stat().st_size for p in workspace.inbox.rglob("*") if p.is_file()) if workspace.inbox.is_dir() else 0
    want = inbox * ROOM_TIMES + ROOM_LEAST
    tightest = min((workspace.root, workspace.room), key=lambda place: shutil.disk_usage(place).free)
    free = shutil.disk_usage(tightest).free
    spill = settings.machine.spill
    if free < want + (spill or 0):
        told = f"，溢出的临时数据最多再占 {spill >> 20} MB" if spill else ""
        yield Finding("磁盘", f"{tightest} 只剩 {free >> 20} MB，今晚的文件约需 {want >> 20} MB{told}；请先腾出空间。")
    yield from _memory(settings.machine, inbox, free - want)
    for name, why in never_read(workspace.inbox).items():
        yield Finding(f"inbox/{without_numbers(name)}", why)
    if is_read_only(workspace.root):
        yield Finding(
            str(workspace.root), "所在的盘只读，只能查看，不能运行；要运行请改为可写，或把工作区复制到可写的盘。"
        )
        return
    try:
        with locked(workspace):
            if workspace.staging.exists():
                yield Finding("上次运行", "没有走完；下一次运行会自动重做，不必处理。", stops=False)
    except WorkspaceBusy as busy:
        yield Finding("工作区", str(busy))


def _kept(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    try:
        parts = list(kept_parts(workspace, settings)) if workspace.archive.is_dir() else []
    except ZhaorenError as problem:
        yield Finding("存放密钥", str(problem))
        return
    for where, is_run in (("archive", False), ("runs", True)):
        other = sum(bool(part.is_open) is is_run and not part.vault.is_current(part.path) for part in parts)
        if other:
            what = f"有 {other} 个文件不是用现在的存放密钥加密的；请运行 zhaoren keys encrypt {workspace.root}。"
            yield Finding(where, what, stops=False)
    if workspace.opened and workspace.opened.stat().st_dev == workspace.root.stat().st_dev:
        what = f"open_at 与工作区在同一块盘上，打开的表又以明文落在这块盘上；请指向内存盘或加密的卷，再运行 zhaoren keys close {workspace.root}。"
        yield Finding("open_at", what, stops=False)


def _memory(machine: Machine, inbox: int, free: int) -> Iterator[Finding]:
    """How much a night will take, said beforehand where it is set too high, or where nothing bounds what is spilled."""
    if machine.memory and machine.memory > (there := physical_memory()):
        what = f"[machine] memory 设为 {machine.memory >> 20} MB，而这台机器只有 {there >> 20} MB；请改小。"
        yield Finding("内存", what)
    if machine.spill is None and inbox > machine.session:
        lines = f'[machine]\n# spill = "{max(free // 2 >> 30, 1)}GB"'
        what = f"今晚的文件比一个会话的内存（{machine.session >> 20} MB）大，溢出的临时数据没有设上限"
        yield Finding("磁盘", what, False, lines)


def _packs(settings: Settings) -> Iterator[Finding]:
    readable, codes = [], []
    for name in settings.packs:
        try:
            code, asks = read_asks(name)
        except ZhaorenError as problem:
            yield Finding(f"政策包 {name}", str(problem))
            continue
        readable.append(name)
        codes.append(code)
        for parameter, ask in asks.items():
            if parameter not in settings.parameters.get(code, {}):
                lines = f"[parameters.{code}]\n# {parameter} =   # {ask}"
                yield Finding(f"政策包 {code}", f"{ask}（{parameter}）没有设定，需要它的判断不下结论", False, lines)
    try:
        require_distinct(codes)
    except ZhaorenError as problem:
        yield Finding("政策包", str(problem))
    yield from (Finding("政策包", fault) for fault in check_packs(readable)[1])
    for code, values in settings.parameters.items():
        place, named = f"[parameters.{code}]", [n for n, c in zip(readable, codes, strict=True) if c == code]
        if not named:
            yield Finding(place, "packs 中没有这个政策包，这一节不起作用；请核对代码。", stops=False)
        for name in named:
            pack = pack_of(pack_files(name), name)
            if strange := sorted(set(values) - set(pack.parameters)):
                yield Finding(place, f"政策包没有参数 {'、'.join(strange)}；请改正。")
            yield from (Finding(place, f"{fault}；请改正。") for fault in value_faults(pack, read_units(name), values))


def examine_packs(names: Sequence[str]) -> tuple[str, bool]:
    """What there is to say about these packs, before any settings name them, and whether all are sound."""
    sound, faults = check_packs(names)
    return "\n".join([*sound, *(f"✗ {fault}" for fault in faults)]), not faults


def _runs(workspace: Workspace) -> Iterator[Finding]:
    try:
        require_chain(workspace.sealed)
        require_all_runs(workspace.store, workspace.runs)
    except ZhaorenError as problem:
        yield Finding("runs", str(problem))
        return
    numbers = sealed_runs(workspace.runs)
    if numbers and datetime.fromisoformat(
        last := read_manifest(workspace.runs, numbers[-1])["recorded_at"]
    ) > datetime.now(UTC):
        yield Finding(
            "时钟",
            f"这台机器的时间早于上一次运行的记录时间 {last}；请校准时钟，在此之前的运行按顺序顺延一秒记录。",
            stops=False,
        )
    if hold := read_hold(workspace):
        yield Finding("熔断", hold_text(workspace, hold))
    if numbers and held_runs(Path(workspace.store), workspace.runs) != numbers:
        yield Finding("store.duckdb", "与 runs 不一致；下一次运行会自动重建，也可运行 zhaoren rebuild。", stops=False)


def _trust(workspace: Workspace, settings: Settings) -> Iterator[Finding]:
    try:
        read_addresses(workspace, settings)
    except UsageError as problem:
        yield Finding("通知", str(problem), stops=False)
    try:
        open_signing(workspace, settings)
    except ZhaorenError as problem:
        yield Finding("签名", str(problem))
    path = key_path(workspace, settings)
    if path is None:
        lines = '[signing]\n# key = "/另一块盘/zhaoren.key"   # 由 zhaoren keys new 生成'
        yield Finding("签名", "没有设置签名密钥：谁能改动工作区，谁就能重写整条链而不被发现", False, lines)
    elif path.is_file() and path.stat().st_mode & 0o077:
        yield Finding("签名", f"其他用户也能读 {path}；请运行 chmod 600。", stops=False)
    if not settings.head_copies:
        lines = '[heads]\n# copies = ["/另一块盘/zhaoren-heads.jsonl"]'
        yield Finding("存证", "没有把清单哈希记到别处：运行链被截短或退回旧备份时看不出来", False, lines)
    for place, what in (*head_warnings(workspace, settings), *backup_warnings(workspace, settings)):
        yield Finding(place, what, stops=False)
