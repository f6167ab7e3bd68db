"""Handing in: drafts become a workbook's rows and go through `review import`, which alone says what can be taken in. What it takes
lies in the inbox for the night, what it returns stays with its officer."""

import csv
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.console import drafts
from flows.console.drafts import ARBITER, BLIND, Conflict, Draft
from flows.console.state import State
from flows.console.taking import Answers, Take
from flows.review.importing import HEADERS
from flows.workspace import Workspace
from intake.answers import LAYOUT
from schemas.review import ARBITER as ARBITER_MARK
from schemas.review import CODE, FIRST_SAID, REVIEWERS, SECOND_SAID

FIELDS = LAYOUT.fields
COLUMNS = (*HEADERS, CODE, FIRST_SAID, SECOND_SAID)


@dataclass(frozen=True)
class HandedIn:
    """How many answers lie in the inbox now, how many were known before, how many came back, on how many two reviewers
    disagree, and how many wait for their other half."""

    accepted: int = 0
    known: int = 0
    returned: int = 0
    conflicts: int = 0
    halves: int = 0


def hand_in(workspace: Workspace, state: State, officer: str, day: date, take: Take) -> HandedIn:
    """Everything this officer has answered, and of what two answered apart both halves. Raises: WorkspaceBusy while a night
    runs; then all drafts stay."""
    own = drafts.of(state, officer)
    single = [d for d in own if d.mode != BLIND]
    pairs = _pairs(state, [d.question for d in own if d.mode == BLIND])
    halves = sum(d.mode == BLIND for d in own) - len(pairs)
    disputed = {c.question: c for c in drafts.conflicts(state)}
    done = HandedIn(halves=halves)
    with _folder(state) as folder:
        if single:
            file = _write(folder / "answers.csv", [_cells(d, day, disputed.get(d.question)) for d in single])
            done = _take(state, done, [single], take(workspace, [file]))
            drafts.settle_conflicts(state, set(disputed) & {d.question for d in single} - _left(state, officer))
        if pairs:
            columns = [[pair[n] for pair in pairs] for n in range(len(REVIEWERS))]
            files = [
                _write(folder / f"{mark}.csv", [_cells(d, day, mark=mark) for d in rows])
                for mark, rows in zip(REVIEWERS, columns, strict=True)
            ]
            answers = take(workspace, files)
            at_odds = [pair for pair in pairs if pair[0].decision != pair[1].decision]
            done = _take(state, done, columns, answers)
            done = _note_conflicts(state, done, at_odds)
    return done


def _pairs(state: State, questions: Sequence[str]) -> list[tuple[Draft, Draft]]:
    """The first two answers of each question that two officers answered apart."""
    found: dict[str, list[Draft]] = {}
    for draft in drafts.all_blind(state, questions):
        found.setdefault(draft.question, []).append(draft)
    return [(rows[0], rows[1]) for _, rows in sorted(found.items()) if len(rows) > 1]


def _take(state: State, done: HandedIn, files: Sequence[Sequence[Draft]], answers: Answers) -> HandedIn:
    """Drop what was taken in or known, send back the rest. A file's first answer stands in its row 2."""
    told = [(files[file - 1][row - 2], outcome, sentence) for file, row, outcome, sentence in answers]
    drafts.drop(state, [d for d, outcome, _ in told if outcome != "returned"])
    drafts.send_back(state, [(d, sentence) for d, outcome, sentence in told if outcome == "returned"])
    outcomes = [outcome for _, outcome, _ in told]
    return HandedIn(
        done.accepted + outcomes.count("accepted"), done.known + outcomes.count("known"),
        done.returned + outcomes.count("returned"), done.conflicts, done.halves,
    )  # fmt: skip


def _note_conflicts(state: State, done: HandedIn, at_odds: Sequence[tuple[Draft, Draft]]) -> HandedIn:
    """Two verdicts that differ go to a third person; both drafts end."""
    for first, second in at_odds:
        drafts.note_conflict(
            state, Conflict(first.question, first.sheet, first.decision, first.account, second.decision, second.account)
        )
        drafts.drop(state, (first, second))
    returned = done.returned - 2 * len(at_odds)
    return HandedIn(done.accepted, done.known, returned, len(at_odds), done.halves)


def _left(state: State, officer: str) -> set[str]:
    return {d.question for d in drafts.of(state, officer)}


def _cells(draft: Draft, day: date, conflict: Conflict | None = None, *, mark: str = "") -> dict[str, str]:
    """One row of the workbook. The code tells which of two answered, or that a third decides."""
    mark = ARBITER_MARK if draft.mode == ARBITER else mark
    both = (conflict.first_officer, conflict.second_officer) if conflict else ("", "")
    fields = {
        "entry_id": draft.question, "decision": draft.decision, "effective_date": draft.effective_date, "officer": draft.account,
        "role": draft.role, "decided_date": day.isoformat(), "note": draft.note,
    }  # fmt: skip
    row = dict(zip(HEADERS, (fields[f] for f in FIELDS), strict=True))
    return row | {CODE: f"{draft.code}-{mark}" if mark else draft.code, FIRST_SAID: both[0], SECOND_SAID: both[1]}


def _write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@contextmanager
def _folder(state: State) -> Iterator[Path]:
    """A private folder for one handing in; the workbooks that the import writes beside go with it."""
    folder = Path(tempfile.mkdtemp(dir=state.folder, prefix="handing-in-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
