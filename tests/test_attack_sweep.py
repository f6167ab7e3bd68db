"""A hundred thousand random attacks on a small chain: each is noticed, and the run named."""

import random
from collections.abc import Iterator
from functools import lru_cache

import pytest

from ledger.standalone_verifier import CHECKS, Outside, check, ed25519_holds
from tests.attacks import ATTACKS
from tests.sealed_chains import OWNER, Memory, kept_outside, sealed_chain

RUNS = 5
CHAINS = {"signed": OWNER, "unsigned": None}


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
        made[name] = files, kept_outside(files, key.public if key else "")
    return made


def missed(chain: tuple[Memory, Outside], seeds: range) -> Iterator[str]:
    """Attacks that were not noticed, or of which another run was blamed."""
    files, outside = chain
    for seed in seeds:
        chance = random.Random(seed)
        attack, hurt = chance.choice(ATTACKS), files.copy()
        first = attack(chance, hurt)
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
@pytest.mark.parametrize("batch", range(26))
def test_a_hundred_thousand_random_attacks_are_noticed_and_the_run_is_named(
    batch: int, name: str, chains: dict[str, tuple[Memory, Outside]]
) -> None:
    assert list(missed(chains[name], range(1000 + 2000 * batch, 3000 + 2000 * batch))) == []
