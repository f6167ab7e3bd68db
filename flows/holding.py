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
from typing import Any

import duckdb

from flows.workspace import Workspace
from intake.receive import Incoming
from ledger.breaker import Figure, sources
from ledger.seal import head, sealed_runs
from reports.held_night import figure_name, write_held
from schemas.errors import UsageError, say

HOLD, RELEASE, BOOK = "held.json", "release.json", "熔断待签.xlsx"
SHOWN_FIGURES = 12
FIGURE_ENGLISH = {
    "exit": "proposed exits", "loss": "withdrawals", "reemployed": "re-employed", "merge": "persons merged",
    "addition": "additions", "review": "reviews",
}  # fmt: skip


def fingerprint(
    workspace: Workspace,
    found: Iterable[Incoming],
    as_of: date,
    packs: Mapping[str, str],
    figures: Sequence[Figure],
) -> str:
    """What a release signs: the files, the date, the packs, the ledger before, and every figure of the night."""
    inputs = sorted((i.file_name, i.delivery_id, i.manifest_sha256 or "") for i in found)
    counted = [(f.figure, f.pack, f.town, f.people) for f in figures]
    said = json.dumps([as_of.isoformat(), inputs, dict(packs), head(workspace.runs), counted], ensure_ascii=False, sort_keys=True)  # fmt: skip
    return hashlib.sha256(said.encode()).hexdigest()


def write_hold(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, run_no: int, as_of: date, mark: str, figures: Sequence[Figure]
) -> dict[str, Any]:
    """Put `held/` in place, whole: the workbook and what a program may read, without a personal value."""
    deliveries = con.execute(
        "select file_name, status, reason from delivery order by file_name, delivery_id"
    ).fetchall()
    hold = {
        "run_no": run_no, "as_of": as_of.isoformat(), "fingerprint": mark, "another_was_released": read_release(workspace) is not None,
        "figures": [asdict(f) | {"files": sources(con, f)} for f in figures if f.is_outside],
        "deliveries": deliveries,
    }  # fmt: skip
    beside = workspace.work / "held"
    beside.mkdir(parents=True)
    text = json.dumps(hold, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (beside / HOLD).write_text(text, encoding="utf-8")
    write_held(con, hold, (why(hold), what_to_do(workspace, hold)), beside / BOOK)
    drop_hold(workspace)
    os.rename(beside, workspace.held)
    return dict(json.loads(text))


def read_hold(workspace: Workspace) -> dict[str, Any] | None:
    """The held night, or None: nothing is held, or what was held is published since."""
    path = workspace.held / HOLD
    if not path.is_file():
        return None
    hold = dict(json.loads(path.read_text(encoding="utf-8")))
    return hold if hold["run_no"] == len(sealed_runs(workspace.runs)) + 1 else None


def read_release(workspace: Workspace) -> dict[str, Any] | None:
    """Who released the held night, when and why, and the fingerprint they signed."""
    path = workspace.held / RELEASE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def drop_hold(workspace: Workspace) -> None:
    """Nothing is held any more. What says so goes first: half a folder holds nothing."""
    (workspace.held / HOLD).unlink(missing_ok=True)
    if workspace.held.exists():
        shutil.rmtree(workspace.held)


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
        "officer": officer.strip(), "note": note.strip(), "fingerprint": hold["fingerprint"],
        "released_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
    }  # fmt: skip
    beside = workspace.held / f".{RELEASE}"
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(signed, ensure_ascii=False, indent=2) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(beside, workspace.held / RELEASE)
    return hold


def why(hold: Mapping[str, Any]) -> str:
    """That the night is held and how much is outside."""
    lines = say(
        f"第 {hold['run_no']} 次运行（业务日期 {hold['as_of']}）已算完，但有 {len(hold['figures'])} 项数字超出平常幅度，被熔断扣住，没有发布任何内容；收件箱原样未动。",
        f"Run {hold['run_no']} (as of {hold['as_of']}) is computed, but {len(hold['figures'])} figures are outside their band: it is held and nothing is published; the inbox is as it was.",
    )
    if hold["another_was_released"]:
        lines += say(
            "此前的放行签的是另外的数字，对这一夜无效。",
            " The earlier release signed other figures and does not count.",
        )
    return lines


def what_to_do(workspace: Workspace, hold: Mapping[str, Any]) -> str:
    root, day = workspace.root, hold["as_of"]
    return say(
        f"请先看 {workspace.held / BOOK}。文件有误：把有误的文件从 {workspace.inbox} 取走，再运行 zhaoren run {root}。"
        f"确属真实：由负责人运行 zhaoren release {root} --officer 姓名 --note 理由，再运行 zhaoren run {root} --as-of {day}。",
        f"See {workspace.held / BOOK}. A bad file: take it out of {workspace.inbox} and zhaoren run {root}. "
        f"It is right: zhaoren release {root} --officer NAME --note TEXT, then zhaoren run {root} --as-of {day}.",
    )


def figure_line(figure: Mapping[str, Any]) -> str:
    """One figure: what, how many, the band, what it was, and which files it comes from."""
    nights = "、".join(str(people) for _, people in figure["nights"][:5])
    files = "、".join(f"{name}（{count} 条）" for name, count in figure["files"][:5])
    where = "/".join(w for w in (figure["pack"], figure["town"]) if w)
    return say(
        f"  {figure_name(figure)}：{figure['people']} 人，上限 {figure['limit']} 人（原有 {figure['standing']} 人"
        + (f"，前几夜 {nights} 人" if nights else "") + "）" + (f"；来自 {files}" if files else "；不来自今夜的文件，因时间推移"),
        f"  {FIGURE_ENGLISH[figure['figure']]} {where}: {figure['people']} people, at most {figure['limit']} (of {figure['standing']}"
        + (f"; nights before: {nights}" if nights else "") + ")" + (f"; from {files}" if files else "; from no file of tonight"),
    )  # fmt: skip


def hold_text(workspace: Workspace, hold: Mapping[str, Any]) -> str:
    """What is held, why, and what to do about it; whether it is signed already."""
    signed = read_release(workspace)
    if signed and signed["fingerprint"] == hold["fingerprint"]:
        done = say(
            f"{signed['officer']} 已于 {signed['released_at']} 放行；请运行 zhaoren run {workspace.root} --as-of {hold['as_of']}。",
            f"Released by {signed['officer']} at {signed['released_at']}; zhaoren run {workspace.root} --as-of {hold['as_of']} publishes it.",
        )
    else:
        done = what_to_do(workspace, hold)
    lines = [figure_line(f) for f in hold["figures"][:SHOWN_FIGURES]]
    if more := len(hold["figures"]) - len(lines):
        lines.append(say(f"  另有 {more} 项，见 {BOOK}。", f"  {more} more in {BOOK}."))
    return "\n".join([why(hold), *lines, done])
