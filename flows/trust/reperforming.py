"""One sealed night done again, from the chain before it and the kept files it took in, in a folder of its own: are the tables
that come out the sealed ones, byte for byte? Nothing of the workspace is changed.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.files.kept_files import open_vault
from flows.files.recording import make_source_tonight
from flows.files.reread import why_gone
from flows.night import publishing
from flows.night.beginning import Night
from flows.night.holding import RELEASE
from flows.night.steps import STEPS, due_books_of
from flows.packs.history import SHARED, shared_kept
from flows.settings.read import FILE, AtRest, read_settings
from flows.trust.access import show_access
from flows.trust.signing_keys import Signing
from flows.workspace import Workspace
from ledger.at_rest import Vault
from ledger.seal import file_hash, read_manifest, run_folder
from ledger.standalone_verifier import SETTINGS
from ledger.store import build_store, connect
from matchers.model import DEFAULT, read_model
from schemas.errors import UsageError, say

# What people looked at is no consequence of the files: it stands in the chain, and cannot be made again from them.
NOT_MADE_AGAIN = frozenset({"access"})


@dataclass(frozen=True)
class Compared:
    """One table: its rows and hash as sealed, its hash as made again ("": not made)."""

    name: str
    rows: int
    sealed: str
    made: str

    @property
    def is_equal(self) -> bool:
        return self.sealed == self.made


@dataclass(frozen=True)
class Reperformed:
    """What came of it; `notes` are sentences about what was otherwise than that night."""

    run_no: int
    tables: tuple[Compared, ...]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


def reperform(workspace: Workspace, run_no: int, folder: Path) -> Reperformed:
    """Do run `run_no` again in `folder`, which must not exist and is removed after. Raises: UsageError where what it rests on
    is not kept."""
    manifest = read_manifest(workspace.runs, run_no)
    folder.mkdir(mode=0o700, parents=True)
    try:
        copy = _as_before(workspace, manifest, folder)
        build_store(copy.store, copy.runs, range(1, run_no), copy.work)
        again = _night(workspace, copy, manifest)
        try:
            for step in _steps():
                step(again)
            made = _write(again)
        finally:
            again.close()
        return Reperformed(run_no, _compare(manifest, made), tuple(_notes(manifest, again)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_before(workspace: Workspace, manifest: Mapping[str, Any], folder: Path) -> Workspace:
    """The workspace as that night found it: the runs before it, the kept files, its settings, and its inbox."""
    copy, run_no = Workspace(folder.resolve()), manifest["run_no"]
    vault = open_vault(workspace, read_settings(workspace.root))
    for place in (copy.inbox, copy.archive, copy.runs, copy.staging):
        place.mkdir(parents=True)
    for number in range(1, run_no):
        run_folder(copy.runs, number).symlink_to(run_folder(workspace.runs, number).resolve(), target_is_directory=True)
    for kept in workspace.archive.iterdir():
        (copy.archive / kept.name).symlink_to(kept.resolve())
    shutil.copyfile(run_folder(workspace.runs, run_no) / SETTINGS, copy.root / FILE)
    for told in (*manifest["inputs"], *manifest.get("sidecars", ())):
        if "/" not in told["file_name"]:  # no member of another
            _put(workspace, vault, told["sha256"], copy.inbox / told["file_name"])
    if manifest.get("released"):
        copy.held.mkdir()
        (copy.held / RELEASE).write_text(json.dumps(manifest["released"]), encoding="utf-8")
    return copy


def _put(workspace: Workspace, vault: Vault, sha256: str, target: Path) -> None:
    """Raises: ZhaorenError where the kept file is gone, or no key opens it."""
    kept = workspace.archive / sha256
    if not kept.is_file():
        raise why_gone(workspace, sha256)
    with target.open("wb") as stream:
        stream.writelines(vault.chunks(kept))


def _night(workspace: Workspace, copy: Workspace, manifest: Mapping[str, Any]) -> Night:
    """The night with its own number, date and recorded time, and the packs that were kept of it."""
    con = connect(scratch=copy.work / "spill")
    con.execute("attach '{}' as store (read_only)".format(str(copy.store).replace("'", "''")))
    make_source_tonight(con)
    models = [read_model(p) for p in (workspace.model, DEFAULT) if p.exists()]
    model = next((m for m in models if m.version == manifest["model_version"]), None)
    if model is None:
        con.close()
        raise UsageError(
            say(f"那一夜所用的比对模型 {manifest['model_version']} 已不在，不能重做；请放回当时的 model.json。",
                f"The model of that night, {manifest['model_version']}, is gone; put its model.json back.")
        )  # fmt: skip
    settings = replace(read_settings(copy.root), packs=_packs(workspace, copy, manifest), at_rest=_keys(workspace))
    again = Night(
        copy, date.fromisoformat(manifest["as_of"]), settings, datetime.fromisoformat(manifest["recorded_at"]),
        manifest["run_no"], con, model, Signing(),
    )  # fmt: skip
    if again.run_no > 1:
        again.before = date.fromisoformat(read_manifest(copy.runs, again.run_no - 1)["as_of"])
    return again


def _keys(workspace: Workspace) -> AtRest:
    """The keys of today, wherever the settings' paths are read from."""
    said = read_settings(workspace.root).at_rest
    key, *old = (str(workspace.named(path).resolve()) if path else "" for path in (said.key, *said.old_keys))
    return replace(said, key=key, old_keys=tuple(old))


def _packs(workspace: Workspace, copy: Workspace, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The packs of that night, written out from the archive."""
    places = []
    for code in manifest["packs"]:
        place = copy.root / "packs" / code
        place.mkdir(parents=True)
        for name, sha in manifest["pack_files"][code].items():
            _put(workspace, Vault(None, {}), sha, place / name)
        places.append(str(place))
    return tuple(places)


def _steps() -> list[Callable[[Night], None]]:
    """What comes before publishing."""
    names = [name for name, _, _ in STEPS]
    return [step for _, _, step in STEPS[: names.index("publish")]]


def _write(again: Night) -> dict[str, str]:
    """Every table of the night with its hash. Workbooks carry hashes of the chain and a secret salt, and are left out."""
    folder = again.workspace.staging / "tables"
    show_access(again.con, again.workspace, again.recorded_at)
    publishing.write_tables(again.con, folder)
    publishing.gather_work(again.con, due_books_of(again), again.run_no, again.as_of, folder)
    return {p.relative_to(folder).with_suffix("").as_posix(): file_hash(p) for p in sorted(folder.rglob("*.parquet"))}


def _compare(manifest: Mapping[str, Any], made: Mapping[str, str]) -> tuple[Compared, ...]:
    sealed = {n: t for n, t in manifest["tables"].items() if n not in NOT_MADE_AGAIN}
    extra = sorted(set(made) - set(manifest["tables"]))
    return tuple(Compared(n, t["rows"], t["sha256"], made.get(n, "")) for n, t in sorted(sealed.items())) + tuple(
        Compared(n, 0, "", made[n]) for n in extra
    )


def _notes(manifest: Mapping[str, Any], again: Night) -> list[str]:
    told = []
    if manifest["code_version"] != version("zhaoren"):
        told.append(say(f"当时的程序是 {manifest['code_version']}，现在是 {version('zhaoren')}。", f"The program was {manifest['code_version']}, and is {version('zhaoren')}."))  # fmt: skip
    if manifest["pack_files"].get(SHARED) != shared_kept().hashes:
        told.append(say("全国通用的参数与当时不同。", "The values that all packs read are not those of that night."))
    if again.held:
        told.append(say("重做的数字被熔断扣住，与当时不同。", "Done again, the breaker holds it."))
    return told
