"""A signer outside the program: a command that takes the bytes to be signed on its standard input and gives the signature on its
standard output, such as the tool of an approved SM2 device, or `openssl pkeyutl`. The secret never comes here.

What speaks for it is a file of TOML where a private key's file would lie: `algorithm`, `public_key` (hex), `sign` (the command,
argument by argument, no shell) and `seconds`, its time limit.
"""

import subprocess
import tomllib
from dataclasses import dataclass
from typing import Any

from ledger.standalone_verifier import CHECKS, SM2_BYTES
from schemas.errors import UsageError, say

SECONDS = 30.0


@dataclass(frozen=True)
class Device:
    """A command that signs under a public key in hex."""

    algorithm: str
    public: str
    command: tuple[str, ...]
    seconds: float = SECONDS

    def sign(self, message: bytes) -> bytes:
        """Raises: UsageError where the command fails, takes too long, or what it gives is no signature of that key."""
        try:
            done = subprocess.run(self.command, input=message, capture_output=True, timeout=self.seconds, check=True)
        except subprocess.TimeoutExpired:
            raise _trouble(f"{self.seconds:g} 秒内没有签好", f"did not sign within {self.seconds:g} s") from None
        except (OSError, subprocess.CalledProcessError) as error:
            kind = f"{type(error).__name__} {getattr(error, 'returncode', '')}".strip()
            raise _trouble(f"没有签成（{kind}）", f"failed ({kind})") from None
        signature = plain_signature(done.stdout, self.algorithm)
        if not CHECKS[self.algorithm](bytes.fromhex(self.public), message, signature):
            raise _trouble("给出的签名与公钥不符", "gave a signature that its public key does not bear out")
        return signature

    def text(self) -> str:
        """The file that speaks for it."""
        words = ", ".join(_quoted(word) for word in self.command)
        return f'algorithm = "{self.algorithm}"\npublic_key = "{self.public}"\nsign = [{words}]\nseconds = {self.seconds:g}\n'


def read_device(text: str) -> Device:
    """Raises: ValueError where the text describes none."""
    said: dict[str, Any] = tomllib.loads(text)
    command, seconds = said["sign"], said.get("seconds", SECONDS)
    if not command or not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ValueError("sign is a list of words")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise ValueError("seconds is a number above 0")
    if said["algorithm"] not in CHECKS or set(said) - {"algorithm", "public_key", "sign", "seconds"}:
        raise ValueError("an unknown algorithm or setting")
    return Device(said["algorithm"], bytes.fromhex(said["public_key"]).hex(), tuple(command), float(seconds))


def plain_signature(given: bytes, algorithm: str) -> bytes:
    """A signature as the chain holds it. SM2: the two numbers of 32 bytes, whether they came so or in DER, as OpenSSL gives them."""
    if algorithm != "sm2" or len(given) == SM2_BYTES:
        return given
    try:
        numbers, rest = [], given[2:]
        while rest:
            size = rest[1]
            numbers.append(int.from_bytes(rest[2 : 2 + size], "big").to_bytes(SM2_BYTES // 2, "big"))
            rest = rest[2 + size :]
        return b"".join(numbers)
    except (IndexError, OverflowError):
        return given


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _trouble(chinese: str, english: str) -> UsageError:
    return UsageError(
        say(f"签名命令{chinese}；请接上签名设备，或改正 [signing] key 所指的文件。",
            f"The signing command {english}; connect the device, or mend the file that [signing] key names.")
    )  # fmt: skip
