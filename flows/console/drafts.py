"""Answers that are given but not handed in: kept by the console, seen by their officer alone, taken back with one key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.console.state import State

HOUR = 3600.0
FIELDS = "account, sheet, question, mode, code, decision, effective_date, role, note, said_at, problem"
BLIND, ARBITER, PLAIN = "blind", "arbiter", ""


@dataclass(frozen=True)
class Draft:
    """One officer's answer to one question. `code` says which run asked what; `mode` is PLAIN, BLIND (one of two who answer
    apart) or ARBITER; `problem` is why it came back, once it did."""

    account: str
    sheet: str
    question: str
    mode: str
    code: str
    decision: str
    effective_date: str
    role: str
    note: str
    said_at: float
    problem: str = ""


@dataclass(frozen=True)
class Conflict:
    """A question on which two who answered apart disagree."""

    question: str
    sheet: str
    first_decision: str
    first_officer: str
    second_decision: str
    second_officer: str


def keep(state: State, draft: Draft) -> None:
    """The officer's answer to this question from now on."""
    values = tuple(getattr(draft, f) for f in FIELDS.split(", "))
    with state.open() as db:
        db.execute(f"insert or replace into draft ({FIELDS}) values ({', '.join('?' * len(values))})", values)
        db.execute("delete from unsent where account = ? and question = ?", [draft.account, draft.question])
        db.execute("insert into answered values (?, ?)", [draft.account, draft.said_at])
        db.execute("delete from answered where at < ?", [draft.said_at - 24 * HOUR])


def keep_unsent(state: State, typed: Draft) -> None:
    """What was typed when a session ran out: no answer, shown to its officer once more. Nobody's is kept for longer than a day."""
    values = [getattr(typed, f) for f in FIELDS.split(", ")]
    with state.open() as db:
        db.execute("delete from unsent where said_at < ?", [typed.said_at - 24 * HOUR])
        db.execute(f"insert or replace into unsent ({FIELDS}) values ({', '.join('?' * len(values))})", values)


def take_back(state: State, account: str) -> Draft | None:
    """Undo the officer's latest answer and give it; None where there is none left."""
    with state.open() as db:
        row = db.execute(f"select {FIELDS} from draft where account = ? order by said_at desc, question limit 1", [account]).fetchone()  # fmt: skip
        if row is None:
            return None
        db.execute("delete from draft where account = ? and question = ?", [account, row["question"]])
        db.execute("delete from answered where rowid = (select max(rowid) from answered where account = ?)", [account])
    return Draft(**dict(row))


def of(state: State, account: str) -> list[Draft]:
    """The officer's own, the latest first."""
    return _select(state, "where account = ? order by said_at desc, question", [account])


def all_blind(state: State, questions: Sequence[str]) -> list[Draft]:
    """Every answer given apart to these questions, in the order in which they were given."""
    kept = set(questions)
    found = _select(state, "where mode = ? order by said_at, account", [BLIND])
    return [d for d in found if d.question in kept]


def count(state: State, account: str) -> int:
    with state.open() as db:
        return int(db.execute("select count(*) from draft where account = ?", [account]).fetchone()[0])


def given(state: State, account: str, question: str) -> Draft | None:
    """What stands in the form: what was typed last and not sent, else the answer given so far."""
    which = "where account = ? and question = ?"
    found = [*_select(state, which, [account, question], "unsent"), *_select(state, which, [account, question])]
    return found[0] if found else None


def mine(state: State, account: str) -> frozenset[str]:
    with state.open() as db:
        return frozenset(q for (q,) in db.execute("select question from draft where account = ?", [account]).fetchall())


def others(state: State, account: str, now: float, *, is_blind: bool) -> frozenset[str]:
    """Questions that need nobody else: somebody was at them within a day. Who answers apart is only kept off what others
    answer in the open, and what two have answered already."""
    query = """
        select question from draft where account <> $me and said_at > $since group by question
        having not $blind or sum(mode <> 'blind') > 0 or sum(mode = 'blind') > 1
    """
    with state.open() as db:
        rows = db.execute(query, {"me": account, "blind": int(is_blind), "since": now - 24 * HOUR}).fetchall()
        at_odds = db.execute("select question from conflict").fetchall()
    return frozenset(q for (q,) in [*rows, *at_odds])


def last_hour(state: State, account: str, now: float) -> int:
    """How many answers the officer gave in the last hour."""
    with state.open() as db:
        return int(db.execute("select count(*) from answered where account = ? and at > ?", [account, now - HOUR]).fetchone()[0])  # fmt: skip


def drop(state: State, drafts: Iterable[Draft]) -> None:
    with state.open() as db:
        db.executemany(
            "delete from draft where account = ? and question = ?", [(d.account, d.question) for d in drafts]
        )


def send_back(state: State, returned: Iterable[tuple[Draft, str]]) -> None:
    """These stay, with the sentence that says why they came back."""
    with state.open() as db:
        db.executemany(
            "update draft set problem = ? where account = ? and question = ?",
            [(problem, d.account, d.question) for d, problem in returned],
        )


def conflicts(state: State) -> list[Conflict]:
    with state.open() as db:
        return [Conflict(**dict(row)) for row in db.execute("select * from conflict order by question").fetchall()]


def note_conflict(state: State, conflict: Conflict) -> None:
    with state.open() as db:
        db.execute("insert or replace into conflict values (?, ?, ?, ?, ?, ?)", list(conflict.__dict__.values()))


def settle_conflicts(state: State, questions: Iterable[str]) -> None:
    with state.open() as db:
        db.executemany("delete from conflict where question = ?", [(q,) for q in questions])


def _select(state: State, rest: str, values: list[str], table: str = "draft") -> list[Draft]:
    with state.open() as db:
        return [Draft(**dict(row)) for row in db.execute(f"select {FIELDS} from {table} {rest}", values).fetchall()]
