"""Who approves a pack is not who edits it, nor who runs the nights: an approval is signed over the pack's files by a key of its
own, lies outside the workspace, and goes into the chain of every night that rests on it."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.settings.packs import Values, read_parameters
from flows.settings.read import Settings
from flows.trust.access import os_user
from flows.workspace import Workspace
from ledger.signing import Key, read_key
from ledger.standalone_verifier import (
    office_values,
    pack_content,
    read_public_key,
    sha256,
    signature_holds,
    signed_text,
)
from policies.pack import find_pack, pack_files, read_head
from schemas.errors import UsageError, not_written, say

PURPOSE = "pack-approval"


def approve(names: Sequence[str], key_file: Path, officer: str, out: Path, settings: Path | None = None) -> str:
    """Add a signed line for each pack to `out`; what to tell. With `settings` (a zhaoren.toml) the office's own values in the pack
    are approved with it. An account that owns a file of the pack is its editor: that attempt is a line too, and refused. Raises:
    UsageError, PolicyError."""
    if not officer.strip():
        raise UsageError(say("请写明批准人（--officer）。", "Say who approves (--officer)."))
    key, told, values = read_key(key_file), [], _values(settings)
    for name in names:
        code = read_head(name)["code"]
        content = pack_content(_hashes(name), values.get(code))
        said = {"pack": code, "content": content, "officer": officer.strip(), "account": os_user(),
                "at": datetime.now(UTC).isoformat(timespec="seconds")}  # fmt: skip
        if edited := _own_files(name):
            _append(out, said | {"refused": "editor"})
            raise UsageError(
                say(f"政策包 {code} 的 {'、'.join(edited)} 属于本账号：谁改政策包，谁就不能批准它；请由另一个账号批准。这次尝试已记下。",
                    f"This account owns {', '.join(edited)} of pack {code}: who edits a pack does not approve it. The attempt is on record.")
            )  # fmt: skip
        signature = key.sign(PURPOSE, *_lines(said))
        _append(out, said | {"algorithm": key.algorithm, "public_key": key.public, "signature": signature})
        told.append(say(f"已批准政策包 {code}（{content[:12]}…），记在 {out}。", f"Pack {code} ({content[:12]}…) is approved; see {out}."))  # fmt: skip
        told += [say(f"  连同本单位设定的 {n} = {v}", f"  with the office's own {n} = {v}") for n, v in values.get(code, {}).items()]  # fmt: skip
    return "\n".join(told)


def approvals(workspace: Workspace, settings: Settings, key: Key | None) -> dict[str, dict[str, Any]]:
    """For each pack of tonight, who approved exactly these files; nothing where the settings ask for no approval. Raises:
    UsageError for a pack that is not approved by a key of the settings, or by the key of the nights."""
    if not settings.approval.keys:
        return {}
    trusted = {_public(workspace, path) for path in settings.approval.keys}
    if key and key.public in trusted:
        raise UsageError(
            say("[approval] keys 里有本工作区签名用的公钥：运行的人不能批准政策包；请由另一个人生成批准用的密钥。",
                "The key that signs the nights is among [approval] keys: who runs does not approve; let another person make that key.")
        )  # fmt: skip
    given = _signed(workspace.named(settings.approval.file), trusted)
    found = {}
    for name in settings.packs:
        code = read_head(name)["code"]
        content = pack_content(_hashes(name), settings.parameters.get(code))
        if (code, content) not in given:
            values = (f"和 [parameters.{code}] 的数值", f"with [parameters.{code}]", " --settings zhaoren.toml") if settings.parameters.get(code) else ("", "", "")  # fmt: skip
            raise UsageError(
                say(f"政策包 {code} 现在的文件{values[0]}（{content[:12]}…）没有人批准；请由批准人核对后运行 zhaoren approve{values[2]}。",
                    f"Nobody approved the files of pack {code} {values[1]} as they are now ({content[:12]}…); see zhaoren approve{values[2]}.")
            )  # fmt: skip
        found[code] = given[code, content]
    return found


def require_still_approved(
    approved: Mapping[str, Mapping[str, Any]], files: Mapping[str, Mapping[str, str]], values: Values
) -> None:
    """Raises: UsageError where a pack was changed after the night had begun. `files`: sha256 by pack and file; `values`: the
    office's own by pack."""
    for code, said in approved.items():
        if pack_content(files[code], values.get(code)) != said["content"]:
            raise UsageError(
                say(f"政策包 {code} 在运行期间被改动，不再是批准的文件；请查明是谁改的，再运行一次。",
                    f"Pack {code} was changed while the night ran and is not what was approved; find out by whom, run again.")
            )  # fmt: skip


def _signed(file: Path, trusted: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """The approvals of a file that a trusted key signed, by pack and content; the last one counts."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            say(f"批准记录 {file} 读不到（{type(error).__name__}）；请改正 [approval] file。",
                f"The approvals in {file} cannot be read ({type(error).__name__}); mend [approval] file.")
        ) from None  # fmt: skip
    found = {}
    for line in lines:
        try:
            said = dict(json.loads(line))
            text = signed_text(PURPOSE, *_lines(said))
            if said["public_key"] in trusted and signature_holds(
                said["algorithm"], said["public_key"], text, said["signature"]
            ):
                found[said["pack"], said["content"]] = said
        except (ValueError, KeyError, TypeError):  # a line cut off, or one that records a refused attempt
            continue
    return found


def _lines(said: Mapping[str, Any]) -> tuple[str, ...]:
    return (said["pack"], said["content"], said["officer"], said["account"], said["at"])


def _hashes(name: str) -> dict[str, str]:
    return {file: sha256(content) for file, content in pack_files(name).items()}


def _own_files(name: str) -> list[str]:
    folder = find_pack(name).parent
    return sorted(file for file in pack_files(name) if (folder / file).stat().st_uid == os.getuid())


def _public(workspace: Workspace, path: str) -> str:
    place = workspace.named(path).resolve()
    try:
        return read_public_key(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            say(f"[approval] keys 里的 {place} 读不到，或不是公钥文件（{type(error).__name__}）。",
                f"{place} of [approval] keys cannot be read, or is no public key ({type(error).__name__}).")
        ) from None  # fmt: skip


def _values(settings: Path | None) -> Values:
    """Raises: UsageError where the settings cannot be read."""
    try:
        return read_parameters(office_values(settings.read_bytes())) if settings else {}
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            say(f"设置文件 {settings} 读不出（{type(error).__name__}）；应是工作区的 zhaoren.toml 或它的副本。",
                f"{settings} cannot be read ({type(error).__name__}); give the workspace's zhaoren.toml, or a copy.")
        ) from None  # fmt: skip


def _append(out: Path, said: Mapping[str, Any]) -> None:
    """A line of its own, also behind one that a power cut left half. Everybody may read it: the account of the nights must."""
    line = json.dumps(said, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    try:
        is_new = not out.exists()
        with open(os.open(out, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644), "ab+") as stream:
            if is_new:
                os.fchmod(stream.fileno(), 0o644)  # whatever the umask
            size = stream.seek(0, os.SEEK_END)
            torn = bool(size) and os.pread(stream.fileno(), 1, size - 1) != b"\n"
            stream.write(b"\n" * torn + line)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise not_written(out, error) from None
