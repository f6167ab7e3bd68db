"""`zhaoren prove`: one entry, or one night's entries, with what proves them to somebody who has no workspace."""

import shutil
from pathlib import Path

from flows.trust.access import taken_out
from flows.workspace import Workspace
from ledger import standalone_verifier
from ledger.entries import entry_proof, run_delta
from ledger.whole import put_whole
from schemas.errors import UsageError, say


def write_proof(
    workspace: Workspace, entry: str | None, run_no: int | None, out: Path, verifier: Path | None, purpose: str | None
) -> str:
    """Write the proof, for its owner alone, and where asked the stand-alone verifier. Raises: UsageError."""
    if (entry is None) == (run_no is None):
        raise UsageError(say("请给出 --entry 或 --run，恰好一个。", "Give exactly one of --entry and --run."))
    text = entry_proof(workspace.runs, entry) if entry else run_delta(workspace.runs, run_no or 0)
    what, subjects = ("proof", [entry]) if entry else ("delta", [str(run_no)])
    with taken_out(workspace, what, subjects, out.parent, purpose) as made:
        (made / out.name).write_text(text, encoding="utf-8")
    if verifier:
        with put_whole(verifier) as beside:
            shutil.copyfile(standalone_verifier.__file__, beside)
    return say(f"证明已写入 {out}。内有个人信息，只交给该看的人。", f"The proof is in {out}. It holds personal data.")
