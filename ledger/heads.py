"""The head log: one line per run, kept in further places where those who can write here cannot. A chain can then be
neither rewritten nor cut in silence.

The lines follow from the sealed runs alone, so a place that was away is caught up by adding what it lacks; what stands
in it is never changed, and a place that says something else is left as it is and reported.
"""

import json
import os
from pathlib import Path

from ledger.seal import file_hash, read_manifest, run_folder, sealed_runs
from ledger.standalone_verifier import MANIFEST, SIGNATURE, log_line

WHOLE, BEHIND, DIFFERENT, AWAY = "whole", "behind", "different", "away"


def head_lines(runs: Path) -> list[str]:
    """What a head log must hold, one line per sealed run."""
    lines = []
    for number in sealed_runs(runs):
        folder, manifest = run_folder(runs, number), read_manifest(runs, number)
        signed = json.loads((folder / SIGNATURE).read_text())["signature"] if manifest["signing"] else ""
        lines.append(log_line(number, file_hash(folder / MANIFEST), signed, manifest["recorded_at"]))
    return lines


def head_log_state(log: Path, lines: list[str]) -> str:
    """How a head log stands to the chain. A log that is not there is behind, if its folder is."""
    try:
        kept = log.read_text(encoding="ascii") if log.exists() or not log.parent.is_dir() else ""
    except (OSError, ValueError) as error:
        return AWAY if isinstance(error, OSError) else DIFFERENT
    whole = "".join(lines)
    if kept == whole:
        return WHOLE
    return BEHIND if whole.startswith(kept) else DIFFERENT


def extend_head_log(log: Path, lines: list[str]) -> str:
    """Add what the log lacks, also the rest of a line that was cut off. How it stands afterwards."""
    state = head_log_state(log, lines)
    if state != BEHIND:
        return state
    try:
        is_new = not log.exists()
        with log.open("a", encoding="ascii", newline="") as stream:
            if is_new:  # whatever the umask: others are to compare it, and it holds nobody's data
                os.fchmod(stream.fileno(), 0o644)
            stream.write("".join(lines)[log.stat().st_size :])
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        return AWAY
    return head_log_state(log, lines)
