"""A sealed workbook with a password on it, for a recipient who asks for one. What is sealed stays plain under its own hash: the
protected copy is made when it is handed out, each time under new salts, and its hash is on record."""

import hashlib
import io
from pathlib import Path

from flows.opened import open_books
from flows.settings.read import Settings, read_settings
from flows.trust.access import taken_out
from flows.workspace import Workspace
from ledger.seal import file_hash, read_manifest, sealed_runs
from schemas.errors import IntegrityError, UsageError, say

SHORTEST = 12  # characters: what is tried offline falls in days below that
LONGEST = 255  # what Excel takes


def hand_out(workspace: Workspace, to: str, book: str, run_no: int | None, out: Path, purpose: str | None) -> str:
    """Write the protected copy for its owner alone; what to tell. Raises: UsageError, IntegrityError."""
    password = read_password(workspace, read_settings(workspace.root), to)
    if out.suffix.lower() != ".xlsx" or out.exists():
        raise UsageError(say("--out 应是还不存在的 .xlsx 文件。", "--out must end in .xlsx and not exist yet."))
    number = run_no or max(sealed_runs(workspace.runs), default=0)
    plain = _sealed_book(workspace, number, book)
    with taken_out(workspace, "handout", [f"{number}", book, to], out.parent, purpose) as made:
        (made / out.name).write_bytes(protected(plain, password))
    return say(
        f"第 {number} 次运行的 {book} 已加密码写入 {out}（sha256 {file_hash(out)[:12]}…，已记录）；密码请另走一条路告诉{to}。",
        f"{book} of run {number} is in {out} under a password (sha256 {file_hash(out)[:12]}…, on record); tell {to} by another way.",
    )


def protected(plain: bytes, password: str) -> bytes:
    """A workbook under agile encryption (AES-256, SHA-512, 100,000 rounds), opened again before it is given. Raises:
    IntegrityError where it does not come back as it was."""
    from msoffcrypto.format.ooxml import OOXMLFile

    sealed, opened = io.BytesIO(), io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(password, sealed)
    again = OOXMLFile(io.BytesIO(sealed.getvalue()))
    again.load_key(password=password, verify_password=True)
    again.decrypt(opened, verify_integrity=True)
    if opened.getvalue() != plain:
        raise IntegrityError(
            say("加了密码的工作簿打开后与原来不同，没有写出；请报告。", "The protected workbook does not open as it was; nothing was written. Please report it.")
        )  # fmt: skip
    return sealed.getvalue()


def read_password(workspace: Workspace, settings: Settings, to: str) -> str:
    """The first line of the file that the settings name for a recipient. Raises: UsageError."""
    if to not in settings.passwords:
        known = "、".join(sorted(settings.passwords)) or say("还没有", "none yet")
        raise UsageError(
            say(f"[passwords] 没有「{to}」（现有：{known}）；请写明此接收方的密码文件。",
                f"[passwords] has no {to!r} (known: {known}); name the file with this recipient's password.")
        )  # fmt: skip
    path = workspace.named(settings.passwords[to]).resolve()
    if path.is_relative_to(workspace.root.resolve()):
        raise UsageError(say("密码文件不能放在工作区里；请移到别处，并改正 [passwords]。",
                             "A password file must not lie in the workspace; move it and mend [passwords]."))  # fmt: skip
    try:
        password = path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(say(f"密码文件 {path} 读不到（{type(error).__name__}）。",
                             f"The password file {path} cannot be read ({type(error).__name__})."))  from None  # fmt: skip
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(say(f"{path} 第一行的密码应有 {SHORTEST} 至 {LONGEST} 个字符。",
                             f"The password in the first line of {path} must have {SHORTEST} to {LONGEST} characters."))  # fmt: skip
    return password


def _sealed_book(workspace: Workspace, number: int, book: str) -> bytes:
    """The workbook as it was sealed. Raises: UsageError for one that is none, IntegrityError for one that was changed."""
    folder = open_books(workspace, number)
    named = read_manifest(workspace.runs, number)["workbooks"]
    if not book.endswith(".xlsx") or book not in named or not (folder / book).is_file():
        known = "、".join(sorted(name for name in named if name.endswith(".xlsx")))
        raise UsageError(
            say(
                f"第 {number} 次运行没有工作簿「{book}」；有：{known}。",
                f"Run {number} has no workbook {book!r}; there is: {known}.",
            )
        )
    plain = (folder / book).read_bytes()
    if hashlib.sha256(plain).hexdigest() != named[book]:
        raise IntegrityError(say(f"{book} 与封存的不同，没有给出；请运行 zhaoren verify 查明。",
                                 f"{book} is not as it was sealed and was not handed out; run zhaoren verify."))  # fmt: skip
    return plain
