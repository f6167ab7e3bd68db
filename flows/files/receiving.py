"""From the inbox to the archive and back out: every file kept by its hash, archives opened, the inbox emptied."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.files.kept_files import keep_file, open_vault, plain_copy
from flows.settings.read import Settings
from flows.workspace import Workspace
from intake.archives.unpack import is_archive, unpack
from intake.naming import Naming
from intake.receive import Incoming, hash_file, read_files, read_inbox
from ledger.at_rest import Vault
from schemas.errors import DeliveryRefused

HEAD = 4096


def receive(workspace: Workspace, settings: Settings) -> list[Incoming]:
    """Everything in the inbox, and a copy of each file, its manifest and its members in the archive."""
    found, vault = [], open_vault(workspace, settings)
    for incoming in read_inbox(workspace.inbox, settings.patterns, settings.areas):
        if keep_file(incoming.path, incoming.delivery_id, workspace, vault):
            found.append(_opened(incoming, workspace, Naming(settings.patterns, settings.areas), vault))
        _keep_manifest(incoming, workspace, vault)
    return found


def deliveries(found: Iterable[Incoming]) -> Iterator[Incoming]:
    """What is to be read: the files themselves, and in place of an archive its members."""
    for incoming in found:
        yield from incoming.members or (incoming,)


def empty_inbox(found: Iterable[Incoming]) -> None:
    """Remove what was archived, after the run is sealed. A file that changed meanwhile is left for the next night."""
    for incoming in found:
        if incoming.manifest:  # first: a manifest left alone would be refused the next night
            incoming.manifest.unlink(missing_ok=True)
        if incoming.path.exists() and hash_file(incoming.path) == incoming.delivery_id:
            incoming.path.unlink()


def _keep_manifest(incoming: Incoming, workspace: Workspace, vault: Vault) -> None:
    if incoming.manifest and incoming.manifest_sha256:
        keep_file(incoming.manifest, incoming.manifest_sha256, workspace, vault)


def _opened(incoming: Incoming, workspace: Workspace, naming: Naming, vault: Vault) -> Incoming:
    """An archive with its members, which are kept like files of their own; anything else as it came."""
    kept = plain_copy(workspace, incoming.delivery_id, vault)
    with kept.open("rb") as stream:
        head = stream.read(HEAD)
    try:
        if not is_archive(head, kept):
            return incoming
        into = workspace.work / "opened" / incoming.delivery_id
        members = read_files(unpack(kept, into), naming, incoming)
    except DeliveryRefused as problem:
        return replace(incoming, problem=problem)
    if not members:
        return replace(incoming, problem=DeliveryRefused("压缩包里没有文件；请核对后重新发送。", code="empty_file"))
    for member in members:
        keep_file(member.path, member.delivery_id, workspace, vault)
        _keep_manifest(member, workspace, vault)
    shutil.rmtree(into, ignore_errors=True)
    return replace(incoming, problem=None, members=tuple(replace(m, manifest=None) for m in members))
