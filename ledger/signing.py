"""Key pairs, and what is signed with them: heads of runs, changes of key, and whatever a purpose of its own is given.

A private key lies outside the workspace, in a file of one line that only its owner may read; the public one beside it
with `.pub`. In place of a private key the file may name a command that signs (`ledger/signing_device.py`). Signatures are checked by ledger/standalone_verifier.py.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.signing_device import Device, read_device
from ledger.standalone_verifier import PUBLIC_KEY, signature_file, signed_text
from schemas.errors import UsageError, not_written, say

SIGNING_KEY = "zhaoren-signing-key"


@dataclass(frozen=True)
class Algorithm:
    """How a secret is made, which public key belongs to it, and how it signs. All bytes."""

    generate: Callable[[], bytes]
    public: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]


def _ed25519_public(secret: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _ed25519_sign(secret: bytes, message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


# Keys that are made here; another algorithm is another line here and in standalone_verifier.CHECKS. SM2 is signed by a device.
ALGORITHMS = {"ed25519": Algorithm(lambda: os.urandom(32), _ed25519_public, _ed25519_sign)}


@dataclass(frozen=True)
class Key:
    """A private key, or the `device` that has it; `public` is in hex. The secret is never shown."""

    algorithm: str
    secret: bytes = field(repr=False)
    public: str
    device: Device | None = None

    def sign(self, purpose: str, *lines: str) -> str:
        """The signature in hex over lines of text, good for that purpose alone (`signed_text`, `signature_holds`). Raises:
        UsageError where a device does not sign."""
        message = signed_text(purpose, *lines)
        if self.device:
            return self.device.sign(message).hex()
        return ALGORITHMS[self.algorithm].sign(self.secret, message).hex()

    def require_ready(self) -> None:
        """Raises: UsageError where a device does not sign now."""
        if self.device:
            self.sign("trial")

    def sign_head(self, head: str) -> str:
        """What a run's `signature.json` holds."""
        return signature_file(head, self.algorithm, self.public, self.sign("head", head))


def make_key(algorithm: str, secret: bytes = b"") -> Key:
    """The key of a secret; without one, a new key. Raises: KeyError for an algorithm that nobody knows."""
    made = ALGORITHMS[algorithm]
    secret = secret or made.generate()
    return Key(algorithm, secret, made.public(secret).hex())


def device_key(device: Device) -> Key:
    return Key(device.algorithm, b"", device.public, device)


def public_file(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def write_key(key: Key, path: Path) -> None:
    """Write a key pair, the private one for its owner alone. Raises: UsageError where a file stands already or cannot be
    written."""
    private = key.device.text() if key.device else f"{SIGNING_KEY} {key.algorithm} {key.secret.hex()}\n"
    try:
        for file, mode, text in (
            (path, 0o600, private),
            (public_file(path), 0o644, f"{PUBLIC_KEY} {key.algorithm} {key.public}\n"),
        ):
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as stream:
                os.fchmod(stream.fileno(), mode)  # whatever the umask: the public key is for everybody
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
    except FileExistsError:
        raise UsageError(
            say(
                f"{path} 或 {public_file(path)} 已经存在，不覆盖；请换一个文件名。",
                f"{path} or its .pub exists already.",
            )
        ) from None
    except OSError as error:
        raise not_written(path, error) from None


def read_key(path: Path) -> Key:
    """Raises: UsageError where there is no such file, or it holds no private key."""
    try:
        text = path.read_text(encoding="utf-8")
        if not text.startswith(SIGNING_KEY):
            return device_key(read_device(text))
        _, algorithm, secret = text.split()
        return make_key(algorithm, bytes.fromhex(secret))
    except OSError as error:
        raise UsageError(
            say(f"签名密钥 {path} 读不到（{type(error).__name__}）；请接上存放密钥的盘，或改正 [signing] key。",
                f"The signing key {path} cannot be read ({type(error).__name__}); mount its disk or mend [signing] key.")
        ) from None  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise UsageError(
        say(
            f"{path} 不是签名密钥文件；请用 zhaoren keys new 生成。",
            f"{path} is no signing key; make one by zhaoren keys new.",
        )
    )
