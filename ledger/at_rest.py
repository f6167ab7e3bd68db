"""Files that lie encrypted: one by one, authenticated, in chunks, so that a file of any size is kept in little memory.

A file is a header and chunks. Header: a mark, eight bytes that name the key, a random salt. The file's own key is derived
from key, salt and the file's name (HKDF-SHA256); each chunk is sealed by AES-256-GCM under a nonce of its number and a
mark on the last one (the STREAM construction), with the header as associated data. A chunk or file that is cut,
changed, moved, or taken for another does not open. What manifests name is the hash of the plain content, so a new key
changes nothing in the chain. Opened by ledger/standalone_verifier.py, so that an auditor can.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ledger.standalone_verifier import (
    CHUNK,
    MAGIC,
    REST_KEY,
    SALT_BYTES,
    chunk_nonce,
    file_key,
    key_id_of,
    key_of,
    open_sealed,
    read_rest_secret,
)  # fmt: skip
from schemas.errors import UsageError, ZhaorenError, not_written, say


class Unreadable(ZhaorenError):
    """A file that does not open: `key_id` names the key that is not here (the settings lack it: exit 2), or is "" where the
    content was changed."""

    def __init__(self, name: str, key_id: str = "") -> None:
        self.key_id = key_id
        self.exit_code = UsageError.exit_code if key_id else ZhaorenError.exit_code
        why = (
            say(f"是用编号 {key_id} 的密钥加密的，现在没有这把密钥；请在 [at_rest] 的 key 或 old_keys 写明",
                f"is encrypted with key {key_id}, which is not here; name it in [at_rest] key or old_keys")
            if key_id
            else say("被改动或截断；请从备份恢复", "was changed or cut; restore it from a backup")
        )  # fmt: skip
        where = f"runs/{name}" if "/" in name else f"archive/{name[:12]}…"
        super().__init__(say(f"{where} {why}。", f"{where} {why}."))


@dataclass(frozen=True)
class RestKey:
    """A key of 32 bytes; `key_id` is what headers call it, in hex. The secret is never shown."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        return key_id_of(self.secret)


def read_rest_key(path: Path) -> RestKey:
    """Raises: UsageError where there is no such file, or it holds no such key."""
    try:
        return RestKey(read_rest_secret(path.read_text(encoding="ascii")))
    except OSError as error:
        raise UsageError(
            say(f"存放密钥 {path} 读不到（{type(error).__name__}）；请接上存放密钥的盘，或改正 [at_rest]。",
                f"The at-rest key {path} cannot be read ({type(error).__name__}); mount its disk or mend [at_rest].")
        ) from None  # fmt: skip
    except ValueError:
        raise UsageError(
            say(f"{path} 不是存放密钥文件；请用 zhaoren keys new-at-rest 生成。",
                f"{path} is no at-rest key; make one by zhaoren keys new-at-rest.")
        ) from None  # fmt: skip


def write_rest_key(path: Path) -> RestKey:
    """A new key in a file for its owner alone. Raises: UsageError where a file stands already or cannot be written."""
    key = RestKey(os.urandom(32))
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(f"{REST_KEY} aes-256-gcm {key.secret.hex()}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise not_written(path, error) from None
    return key


@dataclass(frozen=True)
class Vault:
    """How files are kept: encrypted with `current`, plain where that is None. `keys` open what was written before, by id. A file
    is bound to its name: in the archive the hash of its content, of a run `NNNNNN/` and its path there."""

    current: RestKey | None = None
    keys: Mapping[str, RestKey] = field(default_factory=dict)

    def write(self, content: Iterable[bytes], target: Path, name: str) -> str:
        """Write plain content, given in `CHUNK`s, as it is to be kept under `name`, synced. Gives its sha256."""
        digest = hashlib.sha256()
        with target.open("wb") as stream:
            seal = _Sealer(self.current, name, stream) if self.current else None
            for chunk, is_last in _marked(content):
                digest.update(chunk)
                stream.write(seal.chunk(chunk, is_last=is_last) if seal else chunk)
            stream.flush()
            os.fsync(stream.fileno())
        return digest.hexdigest()

    def chunks(self, path: Path, name: str = "") -> Iterator[bytes]:
        """The plain content of the file kept under `name` (its file name), in chunks. What was given before an error was whole
        up to there. Raises: Unreadable."""
        name, key_id = name or path.name, key_of(path)
        if key_id in self.keys:
            try:
                yield from open_sealed(path, name, self.keys[key_id].secret)
            except ValueError:
                raise Unreadable(name) from None
            return
        with path.open("rb") as stream:
            if key_id and hashlib.file_digest(stream, "sha256").hexdigest() != name:  # what was delivered may begin so
                raise Unreadable(name, key_id)
            stream.seek(0)
            yield from pieces(stream)

    def read(self, path: Path) -> bytes:
        """Raises: Unreadable."""
        return b"".join(self.chunks(path))

    def holds(self, path: Path) -> bool:
        """Whether the file opens, and its content is what its name says."""
        digest = hashlib.sha256()
        try:
            for chunk in self.chunks(path):
                digest.update(chunk)
        except Unreadable:
            return False
        return digest.hexdigest() == path.name

    def is_current(self, path: Path) -> bool:
        """Whether a file is kept as `write` would keep it now."""
        return key_of(path) == (self.current.key_id if self.current else "")


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """A file's content as `Vault.write` takes it."""
    return iter(lambda: stream.read(CHUNK), b"")


def _marked(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece with whether it is the last; of no content, one empty piece."""
    rest = iter(content)
    piece = next(rest, b"")
    for following in rest:
        yield piece, False
        piece = following
    yield piece, True


class _Sealer:
    """Seals the chunks of one file, in their order."""

    def __init__(self, key: RestKey, name: str, stream: BinaryIO) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt = os.urandom(SALT_BYTES)
        self.header, self.number = MAGIC + bytes.fromhex(key.key_id) + salt, 0
        self.cipher = AESGCM(file_key(key.secret, name, salt))
        stream.write(self.header)

    def chunk(self, plain: bytes, *, is_last: bool) -> bytes:
        sealed = self.cipher.encrypt(chunk_nonce(self.number, is_last=is_last), plain, self.header)
        self.number += 1
        return sealed
