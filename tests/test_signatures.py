"""Signatures and trees beside what others compute: RFC 8032 and RFC 6962, `cryptography`, and a tree split as printed."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.seal import sealed_runs
from ledger.signing import ALGORITHMS, Algorithm, make_key
from ledger.standalone_verifier import (
    CHECKS,
    ORDER,
    Folder,
    ed25519_holds,
    ed25519_in_python,
    leaf_hash,
    merkle_path,
    merkle_root,
    plain_receipt,
    read_chain,
    receipt_of,
    root_by_path,
    signature_holds,
    signed_text,
)
from tests.sealed_chains import sealed_chain

# RFC 8032, 7.1: secret, public, message, signature.
PRINTED = (
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)  # fmt: skip


@pytest.mark.parametrize(("secret", "public", "message", "signature"), PRINTED, ids=["empty", "one byte", "two bytes"])
def test_the_printed_signatures_hold_in_both_ways(secret: str, public: str, message: str, signature: str) -> None:
    assert make_key("ed25519", bytes.fromhex(secret)).public == public
    for holds in (ed25519_in_python, ed25519_holds):
        assert holds(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
        assert not holds(bytes.fromhex(public), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 99), st.integers(1, 255))
def test_both_ways_agree_on_signatures_sound_and_damaged(secret: bytes, message: bytes, at: int, turn: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert ed25519_in_python(public, message, signature)
    whole = bytearray(signature + public)
    if at < len(whole):
        whole[at] ^= turn
    hurt, other = bytes(whole[:64]), bytes(whole[64:])
    assert ed25519_in_python(other, message, hurt) == ed25519_holds(other, message, hurt) == (at >= 96)


def test_a_signature_with_the_order_added_is_no_second_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
    signature = key.sign(b"x")
    doubled = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    for holds in (ed25519_in_python, ed25519_holds):
        assert not holds(key.public_key().public_bytes_raw(), b"x", doubled)


def test_a_signature_of_one_purpose_is_none_of_another() -> None:
    key = make_key("ed25519")
    signature = key.sign("head", "ab")
    assert signature_holds("ed25519", key.public, signed_text("head", "ab"), signature)
    assert not signature_holds("ed25519", key.public, signed_text("delta", "ab"), signature)
    for other in (signature.upper(), " " + signature, signature + "00", ""):
        assert not signature_holds("ed25519", key.public, signed_text("head", "ab"), other)
    assert not signature_holds("sm2", key.public, signed_text("head", "ab"), signature)


def test_another_algorithm_needs_two_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def sign(secret: bytes, message: bytes) -> bytes:
        return hashlib.sha3_256(secret + message).digest()

    monkeypatch.setitem(ALGORITHMS, "toy", Algorithm(lambda: b"\5" * 32, lambda secret: secret, sign))
    monkeypatch.setitem(CHECKS, "toy", lambda public, message, signature: sign(public, message) == signature)
    workspace = sealed_chain(tmp_path / "ws", 2, make_key("toy"))
    chain = read_chain(Folder(workspace.runs, workspace.archive))
    assert chain.faults == [] and len(chain.heads) == len(sealed_runs(workspace.runs)) == 2


def _printed_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as printed: split at the largest power of two below the count."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + _printed_root(leaves[:half]) + _printed_root(leaves[half:])).digest()


@pytest.mark.parametrize("count", range(18))
def test_a_tree_is_the_printed_one_and_each_leaf_has_its_path(count: int) -> None:
    leaves = [leaf_hash(b"", str(n)) for n in range(count)]
    root = merkle_root(leaves)
    assert root == _printed_root(leaves).hex()
    for index, leaf in enumerate(leaves):
        path = merkle_path(leaves, index)
        assert root_by_path(leaf, index, count, path) == root
        for wrong in range(count):
            assert wrong == index or root_by_path(leaf, wrong, count, merkle_path(leaves, wrong)) != root
        with pytest.raises(ValueError):
            root_by_path(leaf, index, count, [*path, root])


@given(st.integers(1, 10**6), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_receipt_is_twenty_characters_that_survive_being_read_aloud(run: int, previous: bytes, root: bytes) -> None:
    receipt = receipt_of(run, previous.hex(), root.hex(), [("person", "ab")])
    assert [len(part) for part in receipt.split("-")] == [5, 5, 5, 5]
    assert plain_receipt(receipt.lower().replace("-", " ").replace("0", "O").replace("1", "i")) == receipt
    assert receipt_of(run, previous.hex(), root.hex(), [("person", "ac")]) != receipt
