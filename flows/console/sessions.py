"""Who is signed in. The browser holds a random token, the console only its hash; a session ends by leaving, by idling, by its
age, or with its account."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.console.accounts import Account
from flows.console.state import State
from flows.settings.console import ConsoleTimes

COOKIE = "zhaoren_session"
SEEN_EVERY = 20.0  # seconds between two notes that somebody is there


@dataclass(frozen=True)
class Session:
    """`form_key` must come back with every form; `is_blind` hides scores and what others said; `must_change` lets
    nothing be seen before the password is one's own."""

    account: str
    role: str
    form_key: str
    is_blind: bool
    must_change: bool


def begin(state: State, account: Account, clock: Callable[[], float]) -> str:
    """A new session's token."""
    token, now = secrets.token_urlsafe(32), clock()
    with state.open() as db:
        db.execute(
            "insert into session values (?, ?, ?, ?, ?, 0)",
            [_key(token), account.name, secrets.token_urlsafe(32), now, now],
        )
    return token


def find(state: State, token: str | None, times: ConsoleTimes, clock: Callable[[], float]) -> Session | None:
    """The session a token stands for, unless it is over. The role is the account's as it is now."""
    if not token:
        return None
    now = clock()
    with state.open() as db:
        db.execute(
            "delete from session where seen_at < ? or begun_at < ?",
            [now - times.idle_minutes * 60, now - times.longest_hours * 3600],
        )
        row = db.execute(
            "select s.account, a.role, s.form_key, s.is_blind, a.must_change, s.seen_at from session as s inner join account as a on a.name = s.account "
            "where s.key = ? and not a.is_shut", [_key(token)],
        ).fetchone()  # fmt: skip
        if row and now - row["seen_at"] > SEEN_EVERY:
            db.execute("update session set seen_at = ? where key = ?", [now, _key(token)])
    if row is None:
        return None
    return Session(row["account"], row["role"], row["form_key"], bool(row["is_blind"]), bool(row["must_change"]))


def end(state: State, token: str) -> None:
    with state.open() as db:
        db.execute("delete from session where key = ?", [_key(token)])


def end_all(state: State, account: str) -> None:
    with state.open() as db:
        db.execute("delete from session where account = ?", [account])


def end_others(state: State, account: str, token: str) -> None:
    with state.open() as db:
        db.execute("delete from session where account = ? and key <> ?", [account, _key(token)])


def own(state: State, account: str, token: str) -> list[tuple[datetime, datetime, bool]]:
    """Where an account is signed in: since when, last seen (UTC), and whether it is here; the latest first."""
    with state.open() as db:
        rows = db.execute("select begun_at, seen_at, key from session where account = ? order by begun_at desc, key", [account]).fetchall()  # fmt: skip
    return [(datetime.fromtimestamp(r["begun_at"], UTC), datetime.fromtimestamp(r["seen_at"], UTC), r["key"] == _key(token)) for r in rows]  # fmt: skip


def signed_in(state: State) -> dict[str, int]:
    """How many sessions each account has."""
    with state.open() as db:
        return dict(db.execute("select account, count(*) from session group by account").fetchall())


def set_blind(state: State, token: str, *, is_blind: bool) -> None:
    with state.open() as db:
        db.execute("update session set is_blind = ? where key = ?", [int(is_blind), _key(token)])


def same(given: str, kept: str) -> bool:
    """Compared in a time that tells nothing."""
    return bool(given) and hmac.compare_digest(given.encode(), kept.encode())


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
