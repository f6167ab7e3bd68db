"""How a scheduled night ended, told by e-mail or webhook through Prefect's own blocks. An address may hold a password, so it lies
in a file outside the workspace and is never shown: lines are named by their number. What is told are counts and our own sentences."""

from flows.settings.announce import ENDS
from flows.settings.read import Settings, read_settings
from flows.workspace import Workspace
from schemas.errors import UsageError, say, without_numbers


def announce(workspace: Workspace, end: str, text: str) -> list[str]:
    """Tell all addresses of an end of `ENDS`, if the settings want it told. Gives a sentence for each that could not be reached,
    or for settings that cannot be read: a night never fails for it."""
    try:
        settings = read_settings(workspace.root)
        if end not in settings.announce.when:
            return []
        return tell_all(workspace, settings, ENDS[end], text)
    except UsageError as problem:
        return [str(problem)]


def tell_all(workspace: Workspace, settings: Settings, end: str, text: str) -> list[str]:
    """Raises: UsageError where the addresses cannot be read."""
    addresses = read_addresses(workspace, settings)
    if not addresses:
        return []
    from flows.timetable.blocks import is_told

    subject, text = f"找人 zhaoren：{workspace.root.name} {end}", without_numbers(text)
    return [say(f"[announce] 地址文件第 {number} 行的地址没有通知到；请查网络和地址。", f"[announce]: the address in line {number} of its file was not reached; see to network and address.")
            for number, address in addresses.items() if not is_told(address, subject, text)]  # fmt: skip


def read_addresses(workspace: Workspace, settings: Settings) -> dict[int, str]:
    """The addresses by their line; none where nobody is to be told. Raises: UsageError."""
    if not settings.announce.addresses:
        return {}
    path = workspace.named(settings.announce.addresses).resolve()
    if path.is_relative_to(workspace.root.resolve()):
        raise UsageError(say("通知的地址文件不能放在工作区里；请移到别处，并改正 [announce]。",
                             "The file of addresses must not lie in the workspace; move it and mend [announce]."))  # fmt: skip
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(say(f"通知的地址文件 {path} 读不到（{type(error).__name__}）。",
                             f"The file of addresses {path} cannot be read ({type(error).__name__})."))  from None  # fmt: skip
    from flows.timetable.blocks import block_of

    found = {n: line.strip() for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")}
    for number, address in found.items():
        if block_of(address) is None:
            raise UsageError(say(f"通知的地址文件第 {number} 行不是能用的地址；写法见 docs/operations.md。",
                                 f"Line {number} of the file of addresses is none that can be used; see docs/operations.md."))  # fmt: skip
    return found
