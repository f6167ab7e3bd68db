"""Accounts of the console. The name is what stands as 核查人 in the decisions, so one person has one account. Passwords are kept
as argon2id hashes; what somebody tries in vain slows the account down."""

import hashlib
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flows.console import events
from flows.console.guessable import is_guessable
from flows.console.rights import ROLE_WORDS, ROLES
from flows.console.state import State
from schemas.errors import UsageError, say

SHORTEST, LONGEST = 12, 128  # characters of a password
NAME_LENGTH = 20
FEW, MANY = 5, 40  # failures in vain: of one account, of all
PAUSE_SECONDS = 900.0
# OWASP's least for argon2id (19 MiB, two rounds, one lane): whoever signs in holds it beside the pages. Older hashes hold as they were
# made, and are made anew at the next sign-in.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 << 10, parallelism=1)
HASHING = threading.Lock()  # one at a time, so that twenty who come at once hold it once
NOBODY = HASHER.hash("nobody")  # an account that is not there costs as much time as one that is


@dataclass(frozen=True)
class Account:
    name: str
    role: str


@dataclass(frozen=True)
class Tried:
    """What became of a sign-in: an account, or a sentence that says no more than it must."""

    account: Account | None
    problem: str = ""


def add_account(state: State, name: str, role: str, password: str, *, must_change: bool = False) -> None:
    """`must_change` where another than its owner knows the password. Raises: UsageError for a name, role or password that cannot be, or a name that stands."""
    name = _checked_name(name)
    if role not in ROLES:
        raise UsageError(say(f"没有「{role}」这个角色；有：{'、'.join(ROLES)}。", f"No role {role!r}; there are: {', '.join(ROLES)}."))  # fmt: skip
    check_password(name, password)
    with state.open() as db:
        if db.execute("select 1 from account where name = ?", [name]).fetchone():
            raise UsageError(say("这个账号已有；改密码请用 zhaoren accounts password。", "There is such an account; use zhaoren accounts password."))  # fmt: skip
        db.execute(
            "insert into account (name, role, hash, must_change) values (?, ?, ?, ?)",
            [name, role, _hashed(password), must_change],
        )


def remove_account(state: State, name: str) -> None:
    """Shut, not forgotten: the name stays taken, so that nobody else decides under it. Sessions and drafts go."""
    with state.open() as db:
        _require(
            db.execute("update account set is_shut = 1, hash = '' where name = ? and not is_shut", [name]).rowcount
        )
        for table in ("session", "draft", "unsent"):
            db.execute(f"delete from {table} where account = ?", [name])


def set_password(state: State, name: str, password: str, *, must_change: bool = False) -> None:
    """Raises: UsageError. Whoever is signed in under the name must sign in again."""
    check_password(name, password)
    with state.open() as db:
        _require(db.execute("update account set hash = ?, must_change = ? where name = ? and not is_shut", [_hashed(password), must_change, name]).rowcount)  # fmt: skip
        db.execute("delete from session where account = ?", [name])
        db.execute("delete from attempt where account = ?", [_tried_as(name)])


def accounts(state: State) -> list[Account]:
    with state.open() as db:
        rows = db.execute("select name, role from account where not is_shut order by role, name").fetchall()
    return [Account(row["name"], row["role"]) for row in rows]


def accounts_text(state: State) -> str:
    lines = [f"{a.name}  {a.role}（{ROLE_WORDS[a.role]}）" for a in accounts(state)]
    return "\n".join(lines) or say(
        "还没有账号；请用 zhaoren accounts add 工作区 姓名 --role officer 建立。",
        "No accounts yet; zhaoren accounts add DIR NAME --role officer makes one.",
    )


def check_password(name: str, password: str) -> None:
    """Long is what counts; no rule asks for odd characters. Raises: UsageError."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(say(f"密码应为 {SHORTEST} 至 {LONGEST} 个字符。", f"A password has {SHORTEST} to {LONGEST} characters."))  # fmt: skip
    if len(set(password)) < 5 or (name and name in password) or is_guessable(password):
        raise UsageError(
            say("密码太容易猜：不能只有几个字符反复，不能含账号名，也不能只由常用词、键盘顺序和日期拼成。",
                "That password is easily guessed: a few characters, the account's name, or common words, keys in a row and dates alone.")
        )  # fmt: skip


def sign_in(state: State, name: str, password: str, clock: Callable[[], float]) -> Tried:
    """The account, or why not; failures are counted under the name that was tried, known or not."""
    name, now = unicodedata.normalize("NFC", name.strip())[:NAME_LENGTH], clock()
    if _must_wait(state, name, now):
        events.note(state, now, name, events.SHUT_OUT)
        return Tried(
            None, say("失败次数太多，请过一刻钟再试。", "Too many failures; try again in a quarter of an hour.")
        )
    with state.open() as db:
        row = db.execute("select name, role, hash from account where name = ? and not is_shut", [name]).fetchone()
    with HASHING:
        fits = _fits(row["hash"] if row else NOBODY, password[: LONGEST + 1])  # one more than any has
    is_known = bool(row and fits)
    anew = _hashed(password) if is_known and HASHER.check_needs_rehash(row["hash"]) else ""
    events.note(state, now, name, events.SIGNED_IN if is_known else events.FAILED)
    with state.open() as db:
        if is_known:
            db.execute("delete from attempt where account = ?", [_tried_as(name)])
            if anew:
                db.execute("update account set hash = ? where name = ? and hash = ?", [anew, name, row["hash"]])
            return Tried(Account(row["name"], row["role"]))
        db.execute("insert into attempt values (?, ?)", [_tried_as(name), now])
    return Tried(None, say("账号或密码不对。", "Account or password is wrong."))


def _must_wait(state: State, name: str, now: float) -> bool:
    with state.open() as db:
        db.execute("delete from attempt where at < ?", [now - PAUSE_SECONDS])
        query = "select coalesce(sum(account = ?), 0), count(*) from attempt"
        mine, everybody = db.execute(query, [_tried_as(name)]).fetchone()
    return bool(mine >= FEW or everybody >= MANY)


def _tried_as(name: str) -> str:
    """Somebody may have typed a password where the name belongs: what was tried is counted, not kept."""
    return hashlib.sha256(name.encode()).hexdigest()


def _hashed(password: str) -> str:
    with HASHING:
        return HASHER.hash(password)


def _fits(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name.strip())
    if (
        not 1 <= len(name) <= NAME_LENGTH
        or not all(c.isalpha() or c in "·.-_0123456789" for c in name)
        or name.isdigit()
    ):
        raise UsageError(
            say(f"账号即核查人姓名：至多 {NAME_LENGTH} 个字，不含空格和符号，不能只是数字。",
                f"An account is the officer's name: at most {NAME_LENGTH} letters, no spaces.")
        )  # fmt: skip
    return name


def _require(changed: int) -> None:
    if not changed:
        raise UsageError(
            say("没有这个账号；请看 zhaoren accounts list。", "No such account; see zhaoren accounts list.")
        )
