"""A hundred thousand random attacks on a small chain: each is noticed, and the run named."""

import random
from collections.abc import Iterator
from functools import lru_cache

import pytest

from ledger.standalone_verifier import CHECKS, Outside, check, ed25519_holds
from tests.attacks import ATTACKS
from tests.sealed_chains import OWNER, Memory, kept_outside, sealed_chain

RUNS = 5
# What is kept elsewhere of each chain: everything, all but a key (there is none), and nothing but the public key.
CHAINS = {"signed": OWNER, "unsigned": None, "signed, only the public key kept": OWNER}


@pytest.fixture(scope="module", autouse=True)
def remembered_signatures() -> Iterator[None]:
    """A signature that held once holds: most attacks leave most signatures as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CHECKS, "ed25519", lru_cache(1 << 14)(ed25519_holds))
        yield


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Memory, Outside]]:
    made = {}
    for name, key in CHAINS.items():
        files = Memory.of(sealed_chain(tmp_path_factory.mktemp(name) / "ws", RUNS, key), RUNS)
        outside = kept_outside(files, key.public if key else "")
        made[name] = files, outside if "only" not in name else Outside(public_key=outside.public_key)
    return made


def missed(chain: tuple[Memory, Outside], seeds: range) -> Iterator[str]:
    """Attacks that were not noticed, or of which another run was blamed."""
    files, outside = chain
    beginnings = [{n: data for n, data in files.runs.items() if int(n[:6]) <= run} for run in range(RUNS)]
    for seed in seeds:
        chance = random.Random(seed)
        attack, hurt = chance.choice(ATTACKS), files.copy()
        first = attack(chance, hurt)
        if not outside.head and hurt.runs in beginnings:
            continue  # cut short: by itself a chain does not know how long it was
        found = check(hurt, outside).faults
        if not found or found[0].run_no != first:
            yield f"{attack.__name__}, seed {seed}: run {first}, found {[f.run_no for f in found]}"


@pytest.mark.parametrize("name", CHAINS)
def test_the_chain_itself_holds(name: str, chains: dict[str, tuple[Memory, Outside]]) -> None:
    assert check(*chains[name]).faults == []


@pytest.mark.parametrize("name", CHAINS)
def test_hundreds_of_random_attacks_are_noticed_and_the_run_is_named(
    name: str, chains: dict[str, tuple[Memory, Outside]]
) -> None:
    assert list(missed(chains[name], range(300))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("batch", range(18))
def test_a_hundred_thousand_random_attacks_are_noticed_and_the_run_is_named(
    batch: int, name: str, chains: dict[str, tuple[Memory, Outside]]
) -> None:
    assert list(missed(chains[name], range(1000 + 2000 * batch, 3000 + 2000 * batch))) == []


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("totals", {"zhongshan.L.inflow": 4}),
        ("totals", {"zhongshan.L.opening": 3, "zhongshan.L.closing": 5}),
        ("entries", {"count": 1}),
        ("history", {"root": "0" * 64}),
        ("history", {"count": 0}),
    ],
    ids=["not adding up", "not opening as it closed", "an entry too few", "another past", "no past"],
)
def test_a_run_sealed_with_totals_that_do_not_hold_is_named_without_anything_outside(
    field: str, new: dict[str, object], chains: dict[str, tuple[Memory, Outside]]
) -> None:
    files = chains["unsigned"][0].copy()
    files.chain_anew(2)
    files.put(2, files.manifest(2) | {field: files.manifest(2)[field] | new})
    found = check(files, Outside()).faults
    assert [f.run_no for f in found] == [2]


@pytest.mark.parametrize("name", ["signature.json", "manifest.sha256"])
def test_no_bit_of_a_signature_or_hash_file_can_be_turned(name: str, chains: dict[str, tuple[Memory, Outside]]) -> None:
    files, outside = chains["signed, only the public key kept"]
    whole, hurt, unseen = files.runs[f"000003/{name}"], files.copy(), []
    for bit in range(8 * len(whole)):
        turned = bytearray(whole)
        turned[bit // 8] ^= 1 << bit % 8
        hurt.runs[f"000003/{name}"] = bytes(turned)
        if [f.run_no for f in check(hurt, outside).faults[:1]] != [3]:
            unseen.append(bit)
    assert unseen == []
