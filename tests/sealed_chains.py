"""Small sealed chains without a night: a few rows, a book and a delivered file per run, sealed by the real `seal`. And the
same in memory, where an attack costs a millisecond. All people are invented."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.workspace import Workspace, init_workspace
from ledger.entries import commit_entries
from ledger.seal import seal
from ledger.signing import Key, make_key
from ledger.standalone_verifier import (
    MANIFEST,
    MANIFEST_HASH,
    SALT,
    SETTINGS,
    SIGNATURE,
    Folder,
    Outside,
    history_root,
    read_chain,
)

OWNER = make_key("ed25519", b"\1" * 32)
THIEF = make_key("ed25519", b"\2" * 32)
START = datetime(2024, 6, 29, 18, tzinfo=UTC)


def signing_facts(key: Key | None, change: dict[str, Any] | None = None) -> dict[str, Any] | None:
    return {"algorithm": key.algorithm, "public_key": key.public, "change": change} if key else None


def seal_run(workspace: Workspace, number: int, key: Key | None = None, change: dict[str, Any] | None = None) -> None:
    """One more small run: two or three entries, one delivered file, one workbook."""
    staging, day = workspace.staging, START + timedelta(days=number)
    (staging / "tables").mkdir(parents=True)
    (staging / "workbooks").mkdir()
    said = f"姓名,证件号码\n某甲{number},\n".encode()
    sha = hashlib.sha256(said).hexdigest()
    (workspace.archive / sha).write_bytes(said)
    pack = hashlib.sha256(b"pack").hexdigest()
    (workspace.archive / pack).write_bytes(b"pack")
    counts = {"rows": 1, "accepted": 1, "quarantined": 0, "unchanged": 0, "linked": 1, "new_person": 0, "not_linked": 0, "review": 0}  # fmt: skip
    delivery = {"delivery_id": sha, "file_name": f"死亡_2024070{number}_增量.csv", "status": "accepted", **counts}
    entries = [
        {"entry_id": f"{number}-{seq}", "run_no": number, "seq": seq, "recorded_at": day, "person_id": f"P{seq:09d}",
         "name": f"某{seq}", "valid_from": date(2024, 7, number), "evidence": [sha[:16]], "reason": "只为测试"}
        for seq in range(1, 3 + number % 2)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist([delivery]), staging / "tables" / "delivery.parquet")
    pq.write_table(pa.Table.from_pylist(entries), staging / "tables" / "ledger_entry.parquet")
    (staging / "workbooks" / "台账增量.xlsx").write_bytes(b"book " * (5 + number))
    (staging / SETTINGS).write_bytes((workspace.root / "zhaoren.toml").read_bytes())
    flows = {"opening": 2 * (number - 1), "inflow": 3, "outflow": 1, "closing": 2 * number}
    facts = {
        "run_no": number, "as_of": day.date().isoformat(), "recorded_at": day.isoformat(), "packs": ["zhongshan"],
        "totals": {f"zhongshan.L.{k}": v for k, v in flows.items()}, "barred": [],
        "inputs": [{"file_name": delivery["file_name"], "sha256": sha, "status": "accepted"}],
        "pack_files": {"zhongshan": {"pack.toml": pack}}, "entries": commit_entries(staging), "signing": signing_facts(key, change),
    }  # fmt: skip
    seal(staging, workspace.runs, number, facts, key)


def sealed_chain(root: Path, runs: int, key: Key | None = None) -> Workspace:
    workspace = init_workspace(root, ["zhongshan"])
    workspace.work.mkdir()
    for number in range(1, runs + 1):
        seal_run(workspace, number, key)
    return workspace


@lru_cache(maxsize=4096)
def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Memory:
    """The sealed files in memory; `copy` shares the bytes."""

    runs: dict[str, bytes]
    archive: dict[str, bytes]
    last: int
    folders: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, workspace: Workspace, last: int) -> "Memory":
        disk = Folder(workspace.runs, workspace.archive)
        names = [n for n in disk.names() if not n.endswith("/")]
        archive = {p.name: p.read_bytes() for p in workspace.archive.iterdir()}
        return cls({n: disk.read(n) for n in names}, archive, last)

    def copy(self) -> "Memory":
        return Memory(dict(self.runs), dict(self.archive), self.last)

    def names(self) -> Iterable[str]:
        return self.runs

    def read(self, name: str) -> bytes:
        return self.runs[name]

    def sha256(self, name: str) -> str:
        return sha_of(self.runs[name])

    def archived(self, sha: str) -> str:
        return sha_of(self.archive[sha]) if sha in self.archive else ""

    def of_run(self, number: int) -> list[str]:
        return sorted(n for n in self.runs if n.startswith(f"{number:06d}/"))

    def manifest(self, number: int) -> dict[str, Any]:
        return dict(json.loads(self.runs[f"{number:06d}/{MANIFEST}"]))

    def move(self, old: int, new: int) -> None:
        for name in self.of_run(old):
            self.runs[f"{new:06d}{name[6:]}"] = self.runs.pop(name)

    def put(self, number: int, manifest: dict[str, Any]) -> None:
        """Write a manifest and its hash, as somebody who knows how they are made would."""
        text = json.dumps(manifest).encode()
        self.runs[f"{number:06d}/{MANIFEST}"] = text
        self.runs[f"{number:06d}/{MANIFEST_HASH}"] = f"{sha_of(text)}  {MANIFEST}\n".encode()

    def chain_anew(self, start: int, key: Key | None = None, *, strip: bool = False) -> None:
        """Make every hash from a run on right again: what a forger does who can write here. With `key` each is signed by it;
        with `strip` the signatures are taken away."""
        heads = [sha_of(self.runs[f"{n:06d}/{MANIFEST}"]) for n in range(1, start)]
        for number in range(start, self.last + 1):
            folder, manifest = f"{number:06d}", self.manifest(number)
            for name, table in manifest["tables"].items():
                table["sha256"] = self.sha256(f"{folder}/tables/{name}.parquet")
            manifest["workbooks"] = {n: self.sha256(f"{folder}/workbooks/{n}") for n in manifest["workbooks"]}
            manifest["entries"]["salt_sha256"] = self.sha256(f"{folder}/{SALT}")
            manifest["settings_sha256"] = self.sha256(f"{folder}/{SETTINGS}")
            manifest |= {"run_no": number, "previous": heads[-1] if heads else "",
                         "history": {"count": len(heads), "root": history_root(heads)}}  # fmt: skip
            if strip:
                manifest["signing"] = None
                self.runs.pop(f"{folder}/{SIGNATURE}", None)
            if key:
                change = {"from": OWNER.public, "algorithm": "ed25519", "by": "x", "at": "", "signature": None}
                manifest["signing"] = signing_facts(key, change if number == start > 1 else None)
            self.put(number, manifest)
            heads.append(sha_of(self.runs[f"{folder}/{MANIFEST}"]))
            if key:
                self.runs[f"{folder}/{SIGNATURE}"] = key.sign_head(heads[-1]).encode()


def kept_outside(files: Memory, public_key: str) -> Outside:
    """What somebody careful keeps elsewhere of a chain: newest head, head log, public key."""
    chain = read_chain(files)
    assert not chain.faults, chain.faults
    return Outside(chain.heads[-1], (("heads.jsonl", "".join(chain.lines)),), public_key)
