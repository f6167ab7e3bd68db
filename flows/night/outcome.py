"""What a night came to, told and read back."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.files.repeats import under_other_names
from flows.night import holding
from flows.workspace import Workspace
from ledger.seal import read_manifest, sealed_runs
from ledger.store import connect
from schemas.errors import say


@dataclass(frozen=True)
class Outcome:
    """What a night came to: its number, exit code, and counts for the one who watches; `unset` asks for what the packs
    need and nobody has set. `put_aside`: file, rows put aside, rows. No personal value."""

    run_no: int
    exit_code: int
    deliveries: tuple[tuple[str, str, str | None], ...]
    entries: tuple[tuple[str, int], ...]
    people: int
    folder: Path
    unset: tuple[str, ...] = ()
    held: str = ""
    put_aside: tuple[tuple[str, int, int], ...] = ()

    def counts(self) -> dict[str, Any]:
        """The outcome as plain numbers, fit to be shown anywhere."""
        return {"run_no": self.run_no, "exit_code": self.exit_code, "people": self.people, **dict(self.entries)}

    def lines(self) -> tuple[str, str]:
        """How many files were taken in, and what changed in the ledger, in the reader's language."""
        accepted = sum(status == "accepted" for _, status, _ in self.deliveries)
        changes = "，".join(f"{op} {n}" for op, n in self.entries) or say("没有变化", "no change")
        return (
            say(f"第 {self.run_no} 次运行完成：收下 {accepted} 个文件，共 {len(self.deliveries)} 个；已知 {self.people} 人。",
                f"Run {self.run_no} done: {accepted} of {len(self.deliveries)} files accepted; {self.people} people known."),
            say(f"台账变化：{changes}", f"Ledger changes: {changes}"),
        )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """How many files ended how, and how many entries of each op."""
        status = Counter(s for _, s, _ in self.deliveries)
        aside = sum(rows for _, rows, _ in self.put_aside)
        return [
            *({"项目": f"文件 {k}", "数量": n} for k, n in sorted(status.items())),
            {"项目": "隔离行", "数量": aside},
            *({"项目": f"台账 {op}", "数量": n} for op, n in self.entries),
        ]


def read_outcome(workspace: Workspace) -> Outcome:
    """What the last night came to, read back: from what is held, or from the newest sealed run itself."""
    if hold := holding.read_hold(workspace):
        held_files = tuple((name, status, reason) for name, status, reason in hold["deliveries"])
        return Outcome(hold["run_no"], 4, held_files, (), 0, workspace.held, held=holding.hold_text(workspace, hold))
    run_no = sealed_runs(workspace.runs)[-1]
    folder = workspace.runs / f"{run_no:06d}"
    con = connect(workspace.store, read_only=True)
    try:
        tables = str(folder / "tables")
        files = con.execute(
            "select file_name, status, reason, delivery_id, quarantined, rows from read_parquet(?) order by file_name",
            [f"{tables}/delivery.parquet"],
        ).fetchall()
        entries = con.execute(
            "select op, count(*) from read_parquet(?) group by op order by op", [f"{tables}/ledger_entry.parquet"]
        ).fetchall()
        people = con.execute("select count(*) from person where merged_into is null").fetchall()[0][0]
    finally:
        con.close()
    manifest = read_manifest(workspace.runs, run_no)
    said = [*(tuple(f[:3]) for f in files), *under_other_names(manifest["inputs"], {f[3]: f[0] for f in files})]
    refused = any(status in ("refused", "held") for _, status, _ in said)
    return Outcome(
        run_no, 3 if refused else 0, tuple(said), tuple((str(o), int(n)) for o, n in entries), int(people), folder,
        tuple(manifest.get("unset", ())), put_aside=tuple((str(f[0]), int(f[4]), int(f[5])) for f in files if f[4]),
    )  # fmt: skip
