"""A night that the circuit breaker holds: what `held/` says of it, and the officer's release of exactly those figures.

`held/` exists while the newest night is held: a night that publishes removes it. The inbox and `runs/` are as before.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from flows.workspace import Workspace
from intake.receive import Incoming
from ledger.breaker import Figure, sources
from ledger.seal import head, sealed_runs
from ledger.whole import put_whole
from reports.catalogue import Said, Words
from reports.held_night import figure_line, what_is_held, what_to_do, write_held
from schemas.errors import UsageError, reader_language, say

HOLD, RELEASE, BOOK = "held.json", "release.json", "熔断待签.xlsx"
SHOWN_FIGURES = 12


def fingerprint(
    workspace: Workspace,
    found: Iterable[Incoming],
    as_of: date,
    packs: Mapping[str, str],
    figures: Sequence[Figure],
) -> str:
    """Which night it is: the files, the date, the packs, the ledger before, and every figure of the night."""
    inputs = sorted((i.file_name, i.delivery_id, i.manifest_sha256 or "") for i in found)
    counted = [(f.figure, f.pack, f.town, f.people) for f in figures]
    said = json.dumps([as_of.isoformat(), inputs, dict(packs), head(workspace.runs), counted], ensure_ascii=False, sort_keys=True)  # fmt: skip
    return hashlib.sha256(said.encode()).hexdigest()


def signable(mark: str, outside: Iterable[Mapping[str, Any]]) -> str:
    """What an officer signs: the night by its fingerprint, and the figures outside their band as they were shown."""
    shown = [{name: value for name, value in figure.items() if name != "files"} for figure in outside]
    return hashlib.sha256(json.dumps([mark, shown], sort_keys=True).encode()).hexdigest()


def is_signed(mark: str, outside: Iterable[Mapping[str, Any]], signed: Mapping[str, Any]) -> bool:
    return bool(signed["fingerprint"] == signable(mark, outside))


def write_hold(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, run_no: int, as_of: date, mark: str, figures: Sequence[Figure], words: Words
) -> dict[str, Any]:  # fmt: skip
    """Put `held/` in place, whole: the workbook and what a program may read, without a personal value."""
    deliveries = con.execute(
        "select file_name, status, reason from delivery order by file_name, delivery_id"
    ).fetchall()
    hold = {
        "run_no": run_no, "as_of": as_of.isoformat(), "fingerprint": mark, "another_was_released": read_release(workspace) is not None,
        "figures": [asdict(f) | {"files": sources(con, f)} for f in figures if f.is_outside],
        "deliveries": deliveries,
    }  # fmt: skip
    beside = workspace.beside / "held"
    beside.mkdir(parents=True)
    text = json.dumps(hold, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (beside / HOLD).write_text(text, encoding="utf-8")
    drop_hold(workspace)
    books = workspace.held_books if workspace.opened else beside
    books.mkdir(exist_ok=True, mode=0o700)
    write_held(con, hold, (*what_is_held(hold), *to_do(workspace, hold)), books / BOOK, words)
    os.rename(beside, workspace.held)
    return dict(json.loads(text))


def read_hold(workspace: Workspace) -> dict[str, Any] | None:
    """The held night, or None: nothing is held, or what was held is published since."""
    path = workspace.held / HOLD
    if not path.is_file():
        return None
    hold = _read(path)
    if hold is None:
        raise UsageError(
            say(
                f"{path} 已损坏，读不出被扣住的是哪一夜；请再运行一次 zhaoren run {workspace.root}，会重新算出。",
                f"{path} is damaged; zhaoren run {workspace.root} computes the held night anew.",
            )
        )
    return hold if hold["run_no"] == len(sealed_runs(workspace.runs)) + 1 else None


def read_release(workspace: Workspace) -> dict[str, Any] | None:
    """Who released the held night, when and why, and what they signed; None where nobody did or nothing can be read."""
    return _read(workspace.held / RELEASE)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def drop_hold(workspace: Workspace) -> None:
    """Nothing is held any more. What says so goes first: half a folder holds nothing."""
    (workspace.held / HOLD).unlink(missing_ok=True)
    for folder in (workspace.held, workspace.held_books):
        if folder.exists():
            shutil.rmtree(folder)


def release(workspace: Workspace, officer: str, note: str) -> dict[str, Any]:
    """Sign the held night as it stands. Raises: UsageError where nothing is held, or nobody signs, or no reason is given."""
    hold = read_hold(workspace)
    if hold is None:
        raise UsageError(say("没有被熔断扣住的运行，不需要放行。", "No night is held; there is nothing to release."))
    if not officer.strip() or not note.strip():
        raise UsageError(
            say("放行须写明经办人（--officer）和理由（--note）。", "Say who releases (--officer) and why (--note).")
        )
    signed = {
        "officer": officer.strip(), "note": note.strip(), "fingerprint": signable(hold["fingerprint"], hold["figures"]),
        "released_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
    }  # fmt: skip
    with put_whole(workspace.held / RELEASE) as beside:
        beside.write_text(json.dumps(signed, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return hold


def in_words(*sentences: Said) -> str:
    """What reports say of a held night, in the language of messages."""
    language = reader_language()
    return {"zh": "", "en": " "}[language].join(map(Words(language), sentences))


def to_do(workspace: Workspace, hold: Mapping[str, Any]) -> tuple[Said, ...]:
    return what_to_do(hold, workspace.root, workspace.inbox, workspace.held_books / BOOK)


def hold_text(workspace: Workspace, hold: Mapping[str, Any]) -> str:
    """What is held, why, and what to do about it; whether it is signed already."""
    signed = read_release(workspace)
    if signed and is_signed(hold["fingerprint"], hold["figures"], signed):
        done = say(
            f"{signed['officer']} 已于 {signed['released_at']} 放行；请运行 zhaoren run {workspace.root} --as-of {hold['as_of']}。",
            f"Released by {signed['officer']} at {signed['released_at']}; zhaoren run {workspace.root} --as-of {hold['as_of']} publishes it.",
        )
    else:
        done = in_words(*to_do(workspace, hold))
    lines = [f"  {in_words(figure_line(f))}" for f in hold["figures"][:SHOWN_FIGURES]]
    if more := len(hold["figures"]) - len(lines):
        lines.append(say(f"  另有 {more} 项，见 {BOOK}。", f"  {more} more in {BOOK}."))
    return "\n".join([in_words(*what_is_held(hold)), *lines, done])
