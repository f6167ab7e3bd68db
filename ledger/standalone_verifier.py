"""Checks a zhaoren workspace, or one entry of it, offline and alone. This one file is all that is needed.

    python standalone_verifier.py DIR [--head HASH] [--heads-log FILE] [--public-key FILE] [--receipt CODE] [--at-rest-key FILE]
    python standalone_verifier.py [DIR] --proof FILE  [--head HASH] [--heads-log FILE] [--public-key FILE]
    python standalone_verifier.py [DIR] --delta FILE  [the same]

Needs Python 3.11 or newer and nothing else; where the package `cryptography` is there, it checks signatures faster,
and it alone opens what lies encrypted, with --at-rest-key.
Ends with 0 where everything holds, 1 where something does not, 2 for wrong use. Nothing is written and nothing is sent.

What is read: `runs/NNNNNN/manifest.json` names the sha256 of every table, workbook and archived file of a run, and of
the manifest before it; the sha256 of a manifest is the run's *head*. `signature.json` signs it. `entries.root` is a
Merkle tree (RFC 6962) over salted ledger entries, `history.root` one over all heads before. What rests on the content
of parquet tables is checked by `zhaoren verify`, which calls this file for all the rest.
"""

import argparse
import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

MANIFEST = "manifest.json"
MANIFEST_HASH = "manifest.sha256"  # so that a rotten newest manifest is noticed, which no later one names yet
SIGNATURE = "signature.json"
SALT = "entries.salt"  # the secret of a run's salted leaves; never part of a proof
SETTINGS = "settings.toml"
PARAMETERS = "[parameters]"  # in what is approved: the office's own values in a pack
PROOF, DELTA = "zhaoren-proof-1", "zhaoren-delta-1"
OPEN_ELSEWHERE = re.compile(r"~\$|\.~lock\.")  # what Excel and LibreOffice lay beside a workbook that somebody has open
PUBLIC_KEY = "zhaoren-public-key"
REST_KEY = "zhaoren-at-rest-key"
LASTING = ("decision",)  # kinds of rows that stay as long as the ledger: what officers decided is its ground
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misread


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold, or is worth knowing: the run (None: the whole chain) and a sentence."""

    run_no: int | None
    chinese: str
    english: str

    @property
    def message(self) -> str:
        return say(self.chinese, self.english)


def say(chinese: str, english: str) -> str:
    return english if os.environ.get("ZHAOREN_LANG", "").lower().startswith("en") else chinese


# --- Files: on disk, or in memory where thousands of attacks are tried ----------------------------------------------


class Files(Protocol):
    """The sealed files. `names` are relative to `runs/`, a folder directly below it as `NNNNNN/`."""

    def names(self) -> Iterable[str]: ...
    def read(self, name: str) -> bytes: ...
    def sha256(self, name: str) -> str:
        """Of the plain content; "" where nobody here can open it."""

    def archived(self, sha: str) -> str:
        """The sha256 of the kept file of that name, or ""."""


UNKNOWN_KEY = "sealed by an unknown key"  # in a hash's place: none of the keys here opens it


class Folder:
    """The sealed files of a workspace on disk. `keys` open what lies encrypted, by id; what only a `lost` key opens, or anything
    encrypted where there is no key at all, is counted in `unopened` and taken for what the manifest says."""

    def __init__(
        self, runs: Path, archive: Path, keys: Mapping[str, bytes] | None = None, lost: Iterable[str] = ()
    ) -> None:
        self.runs, self.archive = runs, archive
        self.keys, self.lost = keys or {}, frozenset(lost)
        self.unopened: set[str] = set()  # `archive/` or `runs/` and the name

    def names(self) -> Iterable[str]:
        if not self.runs.is_dir():
            return
        for path in self.runs.iterdir():
            yield path.name + "/" * path.is_dir()
        inner = (p for p in self.runs.glob("*/**/*") if not p.is_dir() and not OPEN_ELSEWHERE.match(p.name))
        yield from (p.relative_to(self.runs).as_posix() for p in inner)

    def read(self, name: str) -> bytes:
        return (self.runs / name).read_bytes()

    def sha256(self, name: str) -> str:
        return self._plain_hash(self.runs / name, name, "runs/" + name)

    def archived(self, sha: str) -> str:
        path = self.archive / sha
        if not path.is_file():
            return ""
        if key_of(path) not in self.keys and _file_hash(path) == sha:  # what was delivered may begin like a header
            return sha
        return self._plain_hash(path, sha, "archive/" + sha) or sha

    def _plain_hash(self, path: Path, name: str, where: str) -> str:
        key_id = key_of(path)
        if not key_id:
            return _file_hash(path)
        if key_id in self.keys:
            digest = hashlib.sha256()
            try:
                for chunk in open_sealed(path, name, self.keys[key_id]):
                    digest.update(chunk)
            except ValueError:
                return "changed"
            return digest.hexdigest()
        if self.keys and key_id not in self.lost:
            return UNKNOWN_KEY
        self.unopened.add(where)
        return ""


def note_unopened(files: Folder, chain: "Chain") -> None:
    """Says what could not be looked into."""
    for place in ("archive", "runs"):
        if count := sum(name.startswith(place) for name in files.unopened):
            chain.notes.append(Fault(None, f"{place} 中有 {count} 个加密的文件没有密钥可开，只核对了它们在不在，没有核对内容。",
                                     f"{count} encrypted files of {place}/ were not opened, for want of a key: they are there, their content is unchecked."))  # fmt: skip


# --- Files that lie encrypted: header and chunks, as ledger/at_rest.py writes them ------------------------------------

MAGIC = b"\x89ZHAOREN-AT-REST-1\r\n"
ID_BYTES, SALT_BYTES, TAG_BYTES = 8, 32, 16
HEADER_BYTES = len(MAGIC) + ID_BYTES + SALT_BYTES
CHUNK = 1 << 20


def key_of(path: Path) -> str:
    """The id of the key that a file is encrypted with, or "" where it is plain."""
    with path.open("rb") as stream:
        header = stream.read(HEADER_BYTES)
    return header[len(MAGIC) : len(MAGIC) + ID_BYTES].hex() if header.startswith(MAGIC) else ""


def key_id_of(secret: bytes) -> str:
    return hashlib.sha256(b"zhaoren at-rest key id\n" + secret).digest()[:ID_BYTES].hex()


def read_rest_secret(text: str) -> bytes:
    """The 32 bytes of an at-rest key file. Raises: ValueError."""
    words = text.split()
    if len(words) != 3 or words[:2] != [REST_KEY, "aes-256-gcm"] or len(bytes.fromhex(words[2])) != 32:
        raise ValueError(f"not a {REST_KEY} file")
    return bytes.fromhex(words[2])


def file_key(secret: bytes, name: str, salt: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869), one block: the key of one file alone."""
    return hmac.digest(hmac.digest(salt, secret, "sha256"), b"zhaoren at rest\n" + name.encode() + b"\1", "sha256")


def chunk_nonce(number: int, *, is_last: bool) -> bytes:
    """The key is the file's own: a number says enough, and the mark shows a file that was cut."""
    return number.to_bytes(11, "big") + bytes([is_last])


def open_sealed(path: Path, name: str, secret: bytes) -> Iterator[bytes]:
    """The plain content in chunks. Raises: ValueError where the file was changed, cut, or kept under another name."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with path.open("rb") as stream:
        header = stream.read(HEADER_BYTES)
        if len(header) != HEADER_BYTES:
            raise ValueError("cut in its header")
        cipher = AESGCM(file_key(secret, name, header[-SALT_BYTES:]))
        number, sealed = 0, stream.read(CHUNK + TAG_BYTES)
        while True:
            following = stream.read(CHUNK + TAG_BYTES)
            try:
                yield cipher.decrypt(chunk_nonce(number, is_last=not following), sealed, header)
            except InvalidTag:
                raise ValueError("changed or cut") from None
            if not following:
                return
            number, sealed = number + 1, following


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def parsed(text: str | bytes) -> Any:
    """The value that a JSON text says. Raises: ValueError, also where it is nested without end."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- Signatures -----------------------------------------------------------------------------------------------------

P = 2**255 - 19  # RFC 8032: the field, the group's order, the curve's constant, a square root of -1
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def _sum(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * CURVE % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point, number = _sum(point, point), number >> 1
    return total


def _point(data: bytes) -> Point:
    """The point of 32 bytes. Raises: ValueError where there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def _bytes(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_in_python(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032, 5.1.7, slow and readable: s·B - h·A gives the R that the signature names."""
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    try:
        x, y, z, t = _point(public)
    except ValueError:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return s < ORDER and _bytes(_sum(_times(s, BASE), _times(h, (P - x, y, z, P - t)))) == signature[:32]


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds: by `cryptography` where it is there, else by the lines above."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return ed25519_in_python(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# SM2 with SM3 (GB/T 32918.2, 32918.5, 32905): the field, the curve y² = x³ - 3x + b, the group's order, the base point.
SM2_P = 2**256 - 2**224 - 2**96 + 2**64 - 1
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_BASE = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
            0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)  # fmt: skip
SM2_SIGNER = b"1234567812345678"  # who signs, as the standard says where nobody is named
SM2_BYTES = 64
SM3_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def _turned(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> 32 - by) & 0xFFFFFFFF


def sm3(data: bytes) -> bytes:
    """GB/T 32905, slow and readable."""
    state = SM3_START
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        words = [int.from_bytes(padded[start + i : start + i + 4], "big") for i in range(0, 64, 4)]
        for i in range(16, 68):
            x = words[i - 16] ^ words[i - 9] ^ _turned(words[i - 3], 15)
            words.append(x ^ _turned(x, 15) ^ _turned(x, 23) ^ _turned(words[i - 13], 7) ^ words[i - 6])
        a, b, c, d, e, f, g, h = state
        for i in range(64):
            first = _turned((_turned(a, 12) + e + _turned(0x79CC4519 if i < 16 else 0x7A879D8A, i)) & 0xFFFFFFFF, 7)
            left = a ^ b ^ c if i < 16 else a & b | a & c | b & c
            right = e ^ f ^ g if i < 16 else e & f | ~e & g
            t = (left + d + (first ^ _turned(a, 12)) + (words[i] ^ words[i + 4])) & 0xFFFFFFFF
            u = (right + h + first + words[i]) & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = t, a, _turned(b, 9), c, u ^ _turned(u, 9) ^ _turned(u, 17), e, _turned(f, 19), g
        state = tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))  # type: ignore[assignment]
    return b"".join(word.to_bytes(4, "big") for word in state)


Place = tuple[int, int] | None  # None: the point at infinity


def _sm2_sum(p: Place, q: Place) -> Place:
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % SM2_P == 0:
        return None
    if p == q:
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, SM2_P) % SM2_P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, SM2_P) % SM2_P
    x = (slope * slope - p[0] - q[0]) % SM2_P
    return (x, (slope * (p[0] - x) - p[1]) % SM2_P)


def _sm2_times(number: int, point: Place) -> Place:
    total: Place = None
    while number:
        if number & 1:
            total = _sm2_sum(total, point)
        point, number = _sm2_sum(point, point), number >> 1
    return total


def sm2_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """GB/T 32918.2, 7.1. `public`: 04 and the two coordinates; `signature`: the two numbers r and s; 32 bytes each."""
    if len(public) != 65 or public[0] != 4 or len(signature) != SM2_BYTES:
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    total = (r + s) % SM2_ORDER
    if max(x, y) >= SM2_P or (y * y - x**3 + 3 * x - SM2_B) % SM2_P or not (0 < r < SM2_ORDER and 0 < s < SM2_ORDER):
        return False
    curve = b"".join(n.to_bytes(32, "big") for n in (SM2_P - 3, SM2_B, *SM2_BASE))
    signer = sm3((8 * len(SM2_SIGNER)).to_bytes(2, "big") + SM2_SIGNER + curve + public[1:])
    point = _sm2_sum(_sm2_times(s, SM2_BASE), _sm2_times(total, (x, y)))
    return bool(total and point) and (int.from_bytes(sm3(signer + message), "big") + point[0]) % SM2_ORDER == r  # type: ignore[index]


# Another algorithm is another line here and in ledger/signing.py.
CHECKS: dict[str, Callable[[bytes, bytes, bytes], bool]] = {"ed25519": ed25519_holds, "sm2": sm2_holds}


def signed_text(purpose: str, *lines: str) -> bytes:
    """What is signed. The purpose stands in it, so that no signature can be passed off as one of another kind."""
    return "\n".join((f"zhaoren {purpose} v1", *lines, "")).encode()


def signature_holds(algorithm: str, public: str, message: bytes, signature: str) -> bool:
    """Whether a signature in small hex holds under a public key in hex; never for an algorithm that nobody knows."""
    try:
        signed = bytes.fromhex(signature)  # reads capitals and spaces too: the same signature in other bytes
        return signed.hex() == signature and CHECKS[algorithm](bytes.fromhex(public), message, signed)
    except (KeyError, ValueError):
        return False


def signature_file(head: str, algorithm: str, public_key: str, signature: str) -> str:
    """The one text that `signature.json` may hold."""
    said = {"algorithm": algorithm, "head": head, "public_key": public_key, "signature": signature}
    return json.dumps(said, indent=2, sort_keys=True) + "\n"


def read_public_key(text: str) -> str:
    """The key of a public key file, in hex. Raises: ValueError."""
    words = text.split()
    if len(words) != 3 or words[0] != PUBLIC_KEY or words[1] not in CHECKS:
        raise ValueError(f"not a {PUBLIC_KEY} file")
    return bytes.fromhex(words[2]).hex()


# --- Merkle trees (RFC 6962): a leaf is hashed after 00, a node after 01 --------------------------------------------


def leaf_hash(salt: bytes, text: str) -> bytes:
    return hashlib.sha256(b"\0" + salt + text.encode()).digest()


def salt_of(secret: bytes, entry_id: str) -> bytes:
    """An entry's own salt. Who knows it knows nothing of the salt of another entry."""
    return hmac.digest(secret, entry_id.encode(), "sha256")


def _levels(leaves: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    level = list(leaves)
    while len(level) > 1:
        yield level
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    yield level


def merkle_root(leaves: Sequence[bytes]) -> str:
    *_, top = _levels(leaves)
    return top[0].hex() if top else sha256(b"")


def merkle_path(leaves: Sequence[bytes], index: int) -> list[str]:
    """The hashes beside the way from a leaf to the root, lowest first."""
    path = []
    for level in _levels(leaves):
        if index ^ 1 < len(level):
            path.append(level[index ^ 1].hex())
        index >>= 1
    return path


def root_by_path(leaf: bytes, index: int, count: int, path: Iterable[str]) -> str:
    """The root that a leaf and the hashes beside its way lead to. Raises: ValueError where the path does not fit."""
    beside = [bytes.fromhex(h) for h in path]
    if not 0 <= index < count:
        raise ValueError("no such place in the tree")
    while count > 1:
        if index ^ 1 < count:
            pair = (beside[0], leaf) if index & 1 else (leaf, beside[0])
            leaf, beside = hashlib.sha256(b"\1" + pair[0] + pair[1]).digest(), beside[1:]
        index, count = index >> 1, (count + 1) >> 1
    if beside:
        raise ValueError("the path is too long")
    return leaf.hex()


def history_root(heads: Iterable[str]) -> str:
    return merkle_root([leaf_hash(b"", head) for head in heads])


# --- Receipts: what a cover can say of its own run, in twenty characters --------------------------------------------


def receipt_of(run_no: int, previous: str, entries_root: str, tables: Iterable[tuple[str, str]]) -> str:
    """100 bits over the head before, tonight's entries and the hash of each of tonight's tables. A cover cannot say its own
    run's head: the manifest names the hash of the workbook that the cover is in."""
    lines = (str(run_no), previous, entries_root, *(f"{name} {sha}" for name, sha in sorted(tables)))
    number = int.from_bytes(hashlib.sha256(signed_text("receipt", *lines)).digest()[:13], "big") >> 4
    digits = "".join(CROCKFORD[number >> 5 * (19 - i) & 31] for i in range(20))
    return "-".join(digits[i : i + 5] for i in range(0, 20, 5))


def plain_receipt(text: str) -> str:
    """A receipt as typed by hand: case, dashes and spaces do not count; O is 0, I and L are 1."""
    digits = re.sub(r"[\s\-–—]", "", text).upper().translate(str.maketrans("OIL", "011"))
    return "-".join(digits[i : i + 5] for i in range(0, len(digits), 5))


# --- The chain ------------------------------------------------------------------------------------------------------


@dataclass
class Chain:
    """What was found of a chain, run by run from the first; `faults` are of the first run that does not hold."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # as a head log must hold them
    receipts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # "" where unsigned
    handed_over: list[bool] = field(default_factory=list)  # that run's key was signed by the one before
    closing: dict[str, int] = field(default_factory=dict)
    books: dict[str, tuple[int, str]] = field(default_factory=dict)  # workbooks by sha256
    gone: dict[str, tuple[int, str]] = field(
        default_factory=dict
    )  # what is destroyed: the run that says so, its sha256
    approvers: set[str] = field(default_factory=set)  # public keys whose holders approved packs so far
    is_approved: bool = False  # the packs of the newest run are
    may_go: dict[str, "MayGo"] = field(default_factory=dict)  # what a later run may destroy


Further = Callable[[int, dict[str, Any]], list[Fault]]


def read_chain(files: Files, further: Further = lambda run_no, manifest: []) -> Chain:
    """Every run from the first on, until one does not hold. `further` checks what this file cannot."""
    chain = Chain()
    by_run: dict[str, set[str]] = {}
    for name in files.names():
        folder, _, inner = name.partition("/")
        by_run.setdefault(folder if "/" in name else name + " ", set()).add(inner)
    strange = sorted(f for f in by_run if not (f.isdecimal() and f == f"{int(f):06d}" and int(f)))
    last = max((int(f) for f in by_run if f not in strange), default=0)
    chain.gone = gone_by(_readable_manifests(files, last))
    for number in range(1, last + 1):
        names = by_run.get(f"{number:06d}", set()) - {""}
        chain.faults = check_run(files, number, names, chain, further)
        if chain.faults:
            return chain
    chain.faults = [Fault(None, f"runs 里有不属于运行链的「{f.strip()}」，是后加的。",
                          f"{f.strip()} in runs/ is none of the chain's.") for f in strange]  # fmt: skip
    if chain.gone:
        _note_undestroyed(files, {f"{folder}/{name}" for folder, inner in by_run.items() for name in inner}, chain)
    return chain


def _note_undestroyed(files: Files, names: set[str], chain: Chain) -> None:
    """Adds a note where something is still there that the chain says is destroyed."""
    there = [
        path
        for path, (_, sha) in chain.gone.items()
        if path.removeprefix("runs/") in names or (path.startswith("archive/") and files.archived(sha))
    ]
    if there:
        chain.notes.append(Fault(None, f"有 {len(there)} 个文件凭证说已销毁而还在；下一次运行会销毁，备份请用 zhaoren retention --backup。",
                                 f"{len(there)} files are still there that receipts say are destroyed; the next run takes them away."))  # fmt: skip


def _readable_manifests(files: Files, last: int) -> Iterable[dict[str, Any]]:
    for number in range(1, last + 1):
        with suppress(ValueError, OSError, KeyError):  # this run's own turn says so
            manifest = parsed(files.read(f"{number:06d}/{MANIFEST}").decode())
            if isinstance(manifest, dict) and manifest.get("run_no") == number:
                yield manifest


@dataclass(frozen=True)
class MayGo:
    """What a later run may destroy: its sha256; for a table of rows the place (`NNNNNN/kind`) where that run must seal it
    again, and how many rows it has."""

    sha256: str
    place: str = ""
    rows: int = 0


def may_go(manifest: dict[str, Any]) -> dict[str, MayGo]:
    """Of one run, by path: files as they came, workbooks, rows of registers. Never the ledger, a log, or a rule."""
    folder = f"{manifest['run_no']:06d}"
    found = {f"archive/{sha}": MayGo(sha) for sha in delivered(manifest)}
    found |= {f"runs/{folder}/workbooks/{name}": MayGo(sha) for name, sha in manifest["workbooks"].items()}
    for name, table in manifest["tables"].items():
        room, _, rest = name.partition("/")
        place = {"standing": f"{folder}/{rest}", "retained": rest}.get(room, "")
        if place and rest.rpartition("/")[2] not in LASTING:
            found[f"runs/{folder}/tables/{name}.parquet"] = MayGo(table["sha256"], place, table["rows"])
    return found


def delivered(manifest: dict[str, Any]) -> set[str]:
    """The files that came in one run, and the manifests beside them."""
    return {i["sha256"] for i in (*manifest["inputs"], *manifest.get("sidecars", ()))}


def gone_by(manifests: Iterable[dict[str, Any]]) -> dict[str, tuple[int, str]]:
    """What manifests, in their order, say was destroyed and did not come again: the run that says so last, and the sha256.
    Each says it of earlier runs alone, and only of what may go."""
    known: dict[str, MayGo] = {}
    gone: dict[str, tuple[int, str]] = {}
    for manifest in manifests:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            fresh = may_go(manifest)
            gone = {path: said for path, said in gone.items() if path not in fresh}
            for item in manifest.get("destroyed", ()):
                if item["path"] in known and known[item["path"]].sha256 == item["sha256"]:
                    gone[item["path"]] = (manifest["run_no"], item["sha256"])
            known |= fresh
    return gone


def check_run(files: Files, number: int, names: set[str], chain: Chain, further: Further) -> list[Fault]:
    """The faults of one run; where there are none, the chain is one run longer."""
    folder = f"{number:06d}"
    if not names:
        return [Fault(number, "文件夹不见了或是空的，运行编号不连续。", "the folder is missing or empty.")]
    if MANIFEST not in names:
        return [Fault(number, "文件夹里没有清单 manifest.json，这次运行不完整。", "there is no manifest.json.")]
    try:
        text = files.read(f"{folder}/{MANIFEST}")
        manifest = parsed(text.decode())
        head = sha256(text)
        if manifest["run_no"] != number or manifest["previous"] != ["", *chain.heads][-1]:
            return [Fault(number, "清单与上一次运行的链条对不上。", "the manifest does not follow the one before.")]
        faults = [
            *check_files(files, number, names, manifest, head, chain.gone),
            *check_archive(files, number, manifest, chain.gone),
            *check_receipts(number, manifest, chain.may_go),
        ]
        if not faults:
            values = office_values(files.read(f"{folder}/{SETTINGS}")) if manifest.get("approved") else {}
            faults = [*check_totals(number, manifest, chain), *check_approvals(number, manifest, values),
                      *check_signing(files, number, manifest, head, chain)]  # fmt: skip
        if not faults:
            extend(chain, number, manifest, head, files.read(f"{folder}/{SIGNATURE}") if manifest["signing"] else b"")
        return faults or further(number, manifest)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        kind = type(error).__name__
        return [Fault(number, f"清单或所附文件读不出（{kind}）。", f"the manifest or a file beside it cannot be read ({kind}).")]  # fmt: skip


def expected_files(manifest: dict[str, Any]) -> dict[str, str]:
    """What a run holds beside its manifest and signature, with the hash of each."""
    expected = {f"tables/{name}.parquet": table["sha256"] for name, table in manifest["tables"].items()}
    expected |= {f"workbooks/{name}": sha for name, sha in manifest["workbooks"].items()}
    return expected | {SALT: manifest["entries"]["salt_sha256"], SETTINGS: manifest["settings_sha256"]}


def check_files(
    files: Files, number: int, names: set[str], manifest: dict[str, Any], head: str, gone: dict[str, tuple[int, str]]
) -> list[Fault]:
    folder, expected = f"{number:06d}", expected_files(manifest)
    beside = {MANIFEST, MANIFEST_HASH} | ({SIGNATURE} if manifest["signing"] else set())
    if MANIFEST_HASH not in names or files.read(f"{folder}/{MANIFEST_HASH}") != f"{head}  {MANIFEST}\n".encode():
        return [Fault(number, f"{MANIFEST} 与 {MANIFEST_HASH} 不符，清单被改动或缺失。",
                      f"{MANIFEST} is not as {MANIFEST_HASH} says.")]  # fmt: skip
    missing = sorted(n for n in (set(expected) | beside) - names if not _is_gone(f"runs/{folder}/{n}", number, gone))
    faults = [Fault(number, f"{name} 不见了。", f"{name} is missing.") for name in missing]
    faults += [Fault(number, f"{name} 不在清单中，是后加的。", f"{name} is not in the manifest.")
               for name in sorted(names - set(expected) - beside)]  # fmt: skip
    faults += [_not_as_sealed(number, name, found, f"{name} 的内容被改动。", f"{name} was changed.")
               for name in sorted(names & set(expected)) if (found := files.sha256(f"{folder}/{name}")) not in ("", expected[name])]  # fmt: skip
    return faults


def _not_as_sealed(number: int, name: str, found: str, chinese: str, english: str) -> Fault:
    """A file under a key that is not here was not looked into; nobody says that it was changed."""
    if found == UNKNOWN_KEY:
        return Fault(number, f"{name} 是用另一把密钥加密的，这里没有，没能核对；请给出那把存放密钥。",
                     f"{name} is encrypted with another key, which is not here: unchecked; name that at-rest key.")  # fmt: skip
    return Fault(number, chinese, english)


def _is_gone(path: str, number: int, gone: dict[str, tuple[int, str]]) -> bool:
    """Whether a run after this one says that it destroyed the file."""
    return gone.get(path, (0, ""))[0] > number


def check_archive(files: Files, number: int, manifest: dict[str, Any], gone: dict[str, tuple[int, str]]) -> list[Fault]:
    packs = {sha for hashes in manifest["pack_files"].values() for sha in hashes.values()}
    kept = delivered(manifest) | packs
    return [
        _not_as_sealed(
            number,
            f"archive/{sha[:12]}…",
            found,
            f"archive/{sha[:12]}… 不见了或被改动。",
            f"archive/{sha[:12]}… is missing or was changed.",
        )
        for sha in sorted(kept)
        if (found := files.archived(sha)) != sha
        and (found or sha in packs or not _is_gone(f"archive/{sha}", number, gone))
    ]


def check_receipts(number: int, manifest: dict[str, Any], known: dict[str, MayGo]) -> list[Fault]:
    """A receipt names what an earlier run sealed and may go, by its hash; of a table every row is sealed again here."""
    faults = []
    for item in manifest.get("destroyed", ()):
        named = known.get(item["path"])
        kept = manifest["tables"].get(f"retained/{named.place}") if named and named.place else None
        where = f"runs/{number:06d}/tables/retained/{named.place}.parquet" if named and named.place else None
        if (
            named is None
            or named.sha256 != item["sha256"]
            or item["kept_in"] != where
            or (where and (kept is None or kept["rows"] != named.rows))
        ):
            faults.append(Fault(number, f"销毁凭证所列的 {item['path'][:40]} 不该销毁、与当时封存的不同，或没有留下其余的行。",
                                f"{item['path'][:40]} is not to be destroyed, is not what was sealed, or its rows were not kept."))  # fmt: skip
    return faults


def check_totals(number: int, manifest: dict[str, Any], chain: Chain) -> list[Fault]:
    """What adds up without opening a table: each ledger's people, from the run before to this one, and counts of rows."""
    totals, faults = manifest["totals"], []
    for name in sorted(n.removesuffix(".opening") for n in totals if n.endswith(".opening")):
        opening, inflow, outflow, closing = (totals[f"{name}.{p}"] for p in ("opening", "inflow", "outflow", "closing"))
        if opening + inflow - outflow != closing:
            faults.append(Fault(number, f"{name} 的期初、增减与期末对不上。", f"{name} does not add up."))
        if opening != chain.closing.get(name, 0):
            faults.append(Fault(number, f"{name} 的期初与此前的期末不等。", f"{name} does not open as it closed."))
    if manifest["entries"]["count"] != manifest["tables"]["ledger_entry"]["rows"]:
        faults.append(
            Fault(number, "分录数与台账分录表的行数不等。", "the count of entries is not that of their table.")
        )
    before = parsed(chain.lines[-1])["recorded_at"] if chain.lines else manifest["recorded_at"]
    if datetime.fromisoformat(manifest["recorded_at"]) < datetime.fromisoformat(before):
        faults.append(
            Fault(number, "记录时间早于上一次运行，“当时所知”会前后颠倒。", "recorded before the run before it.")
        )
    if manifest["history"] != {"count": number - 1, "root": history_root(chain.heads)}:
        faults.append(Fault(number, "历次清单的汇总哈希对不上。", "the root over all heads before does not hold."))
    return faults


def check_signing(files: Files, number: int, manifest: dict[str, Any], head: str, chain: Chain) -> list[Fault]:
    """A chain once signed stays signed; a new key is signed by the old one, or said to follow a lost one."""
    signing, before = manifest["signing"], ["", *chain.keys][-1]
    if signing is None:
        if before:
            return [Fault(number, "此前各次都有签名，这一次没有。", "the runs before are signed, this one is not.")]
        return []
    algorithm, public, change = signing["algorithm"], signing["public_key"], signing["change"]
    faults = []
    if change and (change["from"] != before or public == before):
        faults.append(
            Fault(number, "更换密钥的记录与链上的公钥对不上。", "the change of key does not fit the chain's key.")
        )
    if before and public != before and not change:
        faults.append(Fault(number, "换了签名密钥而没有记录。", "the key was changed without a record of it."))
    if change and change["signature"] is not None:
        text = signed_text("key-change", change["from"], public)
        if not signature_holds(change["algorithm"], change["from"], text, change["signature"]):
            faults.append(
                Fault(number, "更换密钥的记录不是旧密钥签的。", "the old key did not sign the change of key.")
            )
    said = files.read(f"{number:06d}/{SIGNATURE}").decode()
    signature = parsed(said)["signature"]
    if said != signature_file(head, algorithm, public, signature):
        faults.append(Fault(number, f"{SIGNATURE} 与清单不符。", f"{SIGNATURE} does not fit the manifest."))
    elif algorithm not in CHECKS:
        faults.append(Fault(number, f"签名算法「{algorithm[:20]}」这里不认识，这次和以后的签名没有核对；请用认识它的核对程序。",
                            f"the algorithm {algorithm[:20]!r} is unknown here: no signature from this run on was checked."))  # fmt: skip
    elif not signature_holds(algorithm, public, signed_text("head", head), signature):
        faults.append(Fault(number, f"签名不成立（{algorithm}）。", f"the signature does not hold ({algorithm})."))
    return faults


def pack_content(files: Mapping[str, str], values: Mapping[str, Any] | None = None) -> str:
    """What an approval of a pack is over: the sha256 of each of its files, by name; and of the office's own `values` in it, which
    say as much as a file does, where there are any."""
    said = {**files, PARAMETERS: sha256(_plain_json(values))} if values else dict(files)
    return sha256(_plain_json(said))


def _plain_json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), default=str).encode()


def office_values(settings: bytes) -> dict[str, Any]:
    """`[parameters]` of a run's sealed settings, by pack."""
    import tomllib

    return dict(tomllib.loads(settings.decode("utf-8-sig")).get("parameters", {}))


def check_approvals(number: int, manifest: dict[str, Any], values: Mapping[str, Any] | None = None) -> list[Fault]:
    """Where a run names approvals, all its packs are approved as they were used, with the office's `values`, by somebody who does
    not sign the runs."""
    approved, faults = manifest.get("approved", {}), []
    signer = (manifest["signing"] or {}).get("public_key")
    for code in manifest["packs"] if approved else ():
        said = approved.get(code, {})
        lines = [said.get(name, "") for name in ("pack", "content", "officer", "account", "at")]
        text = signed_text("pack-approval", *lines)
        if (
            lines[:2] != [code, pack_content(manifest["pack_files"][code], (values or {}).get(code))]
            or said["public_key"] == signer
            or not signature_holds(said["algorithm"], said["public_key"], text, said["signature"])
        ):
            faults.append(Fault(number, f"政策包 {code} 没有批准，或批准的不是所用的文件，或由签名运行的密钥批准。",
                                f"pack {code} is not approved as it was used, or by the key that signs the runs."))  # fmt: skip
    return faults


def extend(chain: Chain, number: int, manifest: dict[str, Any], head: str, signature: bytes) -> None:
    """One run that holds more."""
    signing = manifest["signing"] or {"public_key": "", "change": None}
    change = signing["change"]
    signed_by = parsed(signature)["signature"] if signature else ""
    chain.heads.append(head)
    chain.lines.append(log_line(number, head, signed_by, manifest["recorded_at"]))
    chain.receipts.append(manifest_receipt(manifest))
    chain.keys.append(signing["public_key"])
    chain.handed_over.append(bool(change and change["signature"] is not None))
    chain.closing |= {n.removesuffix(".closing"): v for n, v in manifest["totals"].items() if n.endswith(".closing")}
    chain.books |= {sha: (number, name) for name, sha in manifest["workbooks"].items()}
    chain.may_go |= may_go(manifest)
    note_approvers(chain, number, manifest.get("approved", {}))
    if change and change["signature"] is None:
        chain.notes.append(Fault(number, f"旧签名密钥遗失，由 {change['by']} 登记换了新密钥；新公钥没有旧密钥的签名，须另行核实。",
                                 f"the old key was lost, as {change['by']} recorded; nobody signed the new one."))  # fmt: skip


def note_approvers(chain: Chain, number: int, approved: Mapping[str, Mapping[str, str]]) -> None:
    """Nobody hands over an approver's key, and whoever runs the nights writes the settings: that packs are approved by a key
    never used before, or no more at all, is reported for ever."""
    keys = {said["public_key"]: said for said in approved.values()}
    for key in sorted(set(keys) - chain.approvers if chain.approvers else ()):
        by = f"{keys[key]['officer']}，{keys[key]['account']}"
        chain.notes.append(Fault(number, f"政策包起由另一把密钥批准（公钥 {key[:16]}…，{by}）；请与批准人核对这把公钥。",
                                 f"packs are approved by another key from here on ({key[:16]}…, {by}); ask the approver."))  # fmt: skip
    if chain.is_approved and not keys:
        chain.notes.append(Fault(number, "政策包起不再经人批准（设置里去掉了 [approval]）。", "packs are approved by nobody from here on."))  # fmt: skip
    chain.approvers |= set(keys)
    chain.is_approved = bool(keys)


def manifest_receipt(manifest: dict[str, Any]) -> str:
    tables = ((name, table["sha256"]) for name, table in manifest["tables"].items())
    return receipt_of(manifest["run_no"], manifest["previous"], manifest["entries"]["root"], tables)


# --- What is known from outside -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """What somebody kept elsewhere: the newest head, copies of the head log (name and text), a public key, a receipt."""

    head: str = ""
    logs: tuple[tuple[str, str], ...] = ()
    public_key: str = ""
    receipt: str = ""


def log_line(run_no: int, head: str, signature: str, recorded_at: str) -> str:
    """One line of a head log, in the one form it may have."""
    said = {"run_no": run_no, "head": head, "signature": signature, "recorded_at": recorded_at}
    return json.dumps(said, sort_keys=True) + "\n"


def check(files: Files, outside: Outside, further: Further = lambda run_no, manifest: []) -> Chain:
    """The chain, and the chain against what is known from outside."""
    chain = read_chain(files, further)
    for name, text in outside.logs:
        compare_log(chain, name, text)
    if chain.faults:
        strange = (
            f for f in _key_faults(chain, outside.public_key) if 1 < (f.run_no or 0) < (chain.faults[0].run_no or 0)
        )
        chain.faults[:0] = strange  # another's key took over before the run that does not hold by itself
    else:
        chain.faults = [*_head_faults(chain, outside.head), *_key_faults(chain, outside.public_key),
                        *_receipt_faults(chain, outside.receipt)]  # fmt: skip
    if chain.heads and not chain.keys[-1]:
        chain.notes.append(Fault(None, "没有签名：谁能改动工作区，谁就能重写整条链；见 zhaoren keys new。",
                                 "unsigned: who can write here can rewrite the whole chain; see zhaoren keys new."))  # fmt: skip
    return chain


def compare_log(chain: Chain, name: str, text: str) -> None:
    """Adds what differs between the chain and a copy of its head log kept elsewhere."""
    whole = not chain.faults
    kept = text.splitlines(keepends=True)
    for number, line in enumerate(kept, 1):
        if number > len(chain.lines):
            if whole:
                chain.faults.append(Fault(number, f"{name} 记有第 {number} 至 {len(kept)} 次运行，这里没有：链条被截短，或退回到了旧的备份。",
                                          f"{name} knows runs {number} to {len(kept)}: the chain was cut or rolled back."))  # fmt: skip
            return
        expected = chain.lines[number - 1]
        if line == expected:
            continue
        if number == len(kept) and expected.startswith(line):
            break  # cut off while it was written; the next night completes it
        chain.faults.insert(0, _difference(number, name, line, expected))
        return
    if whole and len(kept) < len(chain.lines):
        behind = len(chain.lines) - len(kept)
        chain.notes.append(Fault(None, f"{name} 还缺最近 {behind} 次运行，下一次运行会补上。", f"{name} lacks the last {behind} runs."))  # fmt: skip


def _difference(number: int, name: str, line: str, expected: str) -> Fault:
    try:
        same = parsed(line)["head"] == parsed(expected)["head"]
    except (ValueError, KeyError, TypeError):
        return Fault(
            number, f"{name} 的第 {number} 行读不出，这份存证被改动。", f"line {number} of {name} cannot be read."
        )
    if same:
        return Fault(number, f"{name} 所记的签名或时间与这里不同。", f"{name} has another signature or time.")
    return Fault(number, f"{name} 所记的清单哈希与这里不同：链条自这一次起被改写，或分成了两支。",
                 f"{name} has another head: the chain was rewritten or forked from this run on.")  # fmt: skip


def _head_faults(chain: Chain, head: str) -> list[Fault]:
    if not head or chain.heads[-1:] == [head.lower()]:
        return []
    if head.lower() in chain.heads:
        run = chain.heads.index(head.lower()) + 1
        return [Fault(run + 1, f"给定的 sha256 是第 {run} 次运行的；其后的运行它不作保。",
                      f"the given head is that of run {run}; it vouches for no later one.")]  # fmt: skip
    return [Fault(len(chain.heads) or None, "最新清单的 sha256 与给定的不同：链条被改写、截短或整体替换，或给定的值属于另一个工作区。",
                  "the newest head is not the given one: rewritten, cut, replaced, or another workspace's.")]  # fmt: skip


def _key_faults(chain: Chain, trusted: str) -> list[Fault]:
    """The newest run must be signed by the trusted key, or by one that it handed over to."""
    if not trusted:
        return []
    vouched, last = False, 0
    for number, (key, handed) in enumerate(zip(chain.keys, chain.handed_over, strict=True), 1):
        changed = number > 1 and key != chain.keys[number - 2]
        vouched = key == trusted or (vouched and (not changed or handed))
        last = number if vouched else last
    if vouched:
        return []
    return [Fault(last + 1, "不是给定公钥的持有者签的，也没有由它移交的密钥签名。", "not signed by the given key, nor by one it handed over to.")]  # fmt: skip


def _receipt_faults(chain: Chain, receipt: str) -> list[Fault]:
    if not receipt or plain_receipt(receipt) in chain.receipts:
        return []
    return [Fault(None, "这个回执不属于这条运行链的任何一次。", "this receipt belongs to no run of this chain.")]


# --- One entry, or one night's entries, without the workspace -------------------------------------------------------


def check_paper(text: str, outside: Outside, chain: Chain | None) -> tuple[str, list[Fault]]:
    """What a proof or an exported delta says, and what of it does not hold. `chain`: the workspace, if it is there."""
    try:
        head, _, rest = text.partition("\n")
        said = parsed(head) if rest and head.endswith("}") else parsed(text)
        return (
            _check_proof(said, outside, chain) if said["format"] == PROOF else _check_delta(said, rest, outside, chain)
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        kind = type(error).__name__
        return "", [
            Fault(None, f"证明文件读不出或不完整（{kind}）。", f"the proof cannot be read or is not whole ({kind}).")
        ]


def _check_proof(said: dict[str, Any], outside: Outside, chain: Chain | None) -> tuple[str, list[Fault]]:
    manifest, entries = parsed(said["manifest"]), parsed(said["manifest"])["entries"]
    entry_id = parsed(said["entry"])["entry_id"]
    leaf = leaf_hash(bytes.fromhex(said["salt"]), said["entry"])
    title = say(f"台账分录 {entry_id}", f"entry {entry_id}")
    if root_by_path(leaf, said["index"], entries["count"], said["path"]) != entries["root"]:
        return title, [Fault(manifest["run_no"], "这条分录不在这次运行里，或内容被改动。", "the entry is not in this run, or was changed.")]  # fmt: skip
    return title, _vouched(said, manifest, outside, chain)


def _check_delta(said: dict[str, Any], lines: str, outside: Outside, chain: Chain | None) -> tuple[str, list[Fault]]:
    if said["format"] != DELTA:
        raise ValueError("no such format")
    manifest, secret, (*texts, cut) = parsed(said["manifest"]), bytes.fromhex(said["salt"]), lines.split("\n")
    leaves = [leaf_hash(salt_of(secret, parsed(t)["entry_id"]), t) for t in texts]
    title = say(f"第 {manifest['run_no']} 次运行的 {len(texts)} 条分录", f"{len(texts)} entries of run {manifest['run_no']}")  # fmt: skip
    if cut or (len(leaves), merkle_root(leaves)) != (manifest["entries"]["count"], manifest["entries"]["root"]):
        return title, [Fault(manifest["run_no"], "分录与这次运行封存的不同：被改动、增减或换了次序。",
                             "the entries are not those that the run sealed.")]  # fmt: skip
    return title, _vouched(said, manifest, outside, chain)


def _vouched(said: dict[str, Any], manifest: dict[str, Any], outside: Outside, chain: Chain | None) -> list[Fault]:
    """Whether what is known from outside vouches for the manifest that a paper rests on, or for the newest one."""
    number, heads = manifest["run_no"], {manifest["run_no"]: sha256(said["manifest"].encode())}
    papers = [(said, manifest)]
    if newest := said["newest"]:
        last = parsed(newest["manifest"])
        history = last["history"]
        if root_by_path(leaf_hash(b"", heads[number]), number - 1, history["count"], newest["path"]) != history["root"]:
            return [Fault(number, "这次运行不在所附最新清单的链上。", "the run is not in the newest manifest's chain.")]
        heads[last["run_no"]] = sha256(newest["manifest"].encode())
        papers.append((newest, last))
    words = []
    if outside.head:
        words.append(outside.head.lower() in heads.values())
    for _, text in outside.logs:
        words.append(not _logged(text).isdisjoint(heads.items()))
    if outside.public_key:
        words.append(any(_signed_by(outside.public_key, paper, its) for paper, its in papers))
    if chain is not None:
        words.append(chain.heads[number - 1 : number] == [heads[number]])
    if not words:
        return [Fault(number, "证明本身前后一致，但没有给出可信的依据：请加 --head、--heads-log、--public-key 或工作区。",
                      "consistent in itself, but nothing vouches for it: give --head, --heads-log, --public-key or DIR.")]  # fmt: skip
    if not all(words):
        return [
            Fault(number, "所给的依据不认这份证明的清单。", "what was given does not vouch for this proof's manifest.")
        ]
    return []


def _logged(text: str) -> set[tuple[int, str]]:
    """Run and head of each line of a head log that can be read."""
    found = set()
    for line in text.splitlines():
        with suppress(ValueError, KeyError, TypeError):
            said = parsed(line)
            found.add((said["run_no"], said["head"]))
    return found


def _signed_by(trusted: str, paper: dict[str, Any], manifest: dict[str, Any]) -> bool:
    if manifest["signing"] is None or manifest["signing"]["public_key"] != trusted:
        return False
    message = signed_text("head", sha256(paper["manifest"].encode()))
    return signature_holds(manifest["signing"]["algorithm"], trusted, message, paper["signature"])


def check_book(data: bytes, chain: Chain) -> tuple[str, list[Fault]]:
    """Which run sealed a workbook or CSV, by its bytes."""
    run, name = chain.books.get(sha256(data), (0, ""))
    if not run:
        return "", [
            Fault(None, "这个文件不是这条链封存的任何工作簿，或被改动。", "no run of this chain sealed this file.")
        ]
    return say(f"第 {run} 次运行的 {name}", f"{name} of run {run}"), []


# --- Command line ---------------------------------------------------------------------------------------------------


def told(faults: Iterable[Fault]) -> list[str]:
    """Sentences with the run they are about."""
    return [say(f"第 {f.run_no} 次运行", f"Run {f.run_no}") + say("：", ": ") + f.message if f.run_no
            else say("运行链：", "The chain: ") + f.message for f in faults]  # fmt: skip


def outside_of(head: str, logs: Iterable[Path], public_key: Path | None, receipt: str) -> Outside:
    """What was given on the command line, read. Raises: OSError, ValueError."""
    texts = tuple((str(log), log.read_text(encoding="utf-8")) for log in logs)
    return Outside(head, texts, read_public_key(public_key.read_text(encoding="utf-8")) if public_key else "", receipt)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=say("离线核对找人工作区的运行链。", "Checks a zhaoren chain offline."))
    parser.add_argument("dir", nargs="?", type=Path)
    parser.add_argument("--head", default="")
    parser.add_argument("--heads-log", type=Path, action="append", default=[])
    parser.add_argument("--public-key", type=Path)
    parser.add_argument("--receipt", default="")
    parser.add_argument("--at-rest-key", type=Path, action="append", default=[])
    parser.add_argument("--proof", type=Path)
    parser.add_argument("--delta", type=Path)
    given = parser.parse_args(arguments)
    if not (given.dir or given.proof or given.delta) or (given.dir and not (given.dir / "runs").is_dir()):
        print(say("请给出工作区目录（其中有 runs），或 --proof、--delta。", "Give a workspace (with runs/), --proof or --delta."), file=sys.stderr)  # fmt: skip
        return 2
    try:
        outside = outside_of(given.head, given.heads_log, given.public_key, given.receipt)
        return _answer(given, outside)
    except (OSError, ValueError, ImportError) as error:  # --at-rest-key without `cryptography`
        print(say(f"给定的文件读不出：{error}", f"A given file cannot be read: {error}"), file=sys.stderr)
        return 2


def _chain_of(given: argparse.Namespace, outside: Outside) -> Chain:
    secrets = [read_rest_secret(path.read_text(encoding="ascii")) for path in given.at_rest_key]
    files = Folder(given.dir / "runs", given.dir / "archive", {key_id_of(s): s for s in secrets})
    chain = check(files, outside)
    note_unopened(files, chain)
    return chain


def _answer(given: argparse.Namespace, outside: Outside) -> int:
    chain = _chain_of(given, outside) if given.dir else None
    faults, good = (list(chain.faults), []) if chain else ([], [])
    if chain and not faults:
        good.append(say(f"{len(chain.heads)} 次运行全部核对无误。最新清单 sha256：{''.join(chain.heads[-1:])}",
                        f"All {len(chain.heads)} runs hold. Newest manifest sha256: {''.join(chain.heads[-1:])}"))  # fmt: skip
        if outside.receipt:
            run = chain.receipts.index(plain_receipt(outside.receipt)) + 1
            good.append(say(f"回执属于第 {run} 次运行。", f"The receipt is that of run {run}."))
    for path in (p for p in (given.proof, given.delta) if p and not faults):
        data = path.read_bytes()
        is_book = chain is not None and path == given.delta and path.suffix.lower() in (".xlsx", ".csv")
        title, wrong = check_book(data, chain) if chain and is_book else check_paper(data.decode(), outside, chain)
        faults += wrong
        good.append(say(f"{title}：成立。", f"{title}: holds."))
    notes = chain.notes if chain else []
    print("\n".join(told(faults) or good), file=sys.stderr if faults else sys.stdout)
    print(
        "\n".join([say("注意：", "Note: ") + line for line in told(notes)]), file=sys.stderr, end="\n" if notes else ""
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
