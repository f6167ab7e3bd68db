"""Some seven hundred broken and malicious files: each is read or refused with a sentence, in time, and nothing dies."""

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from intake.archives.unpack import is_archive, unpack
from intake.read import Habits, read_cells
from schemas.errors import DeliveryRefused
from schemas.extracts import LAYOUTS
from tests.hostile_files import ANY, GROUPS, Hostile, hostile_files
from tests.rough_files import ROOT, someone

LAYOUT = LAYOUTS["death"]
SECONDS, MEGABYTES = 10, 512  # of processor and memory: what a small file may cost
PATIENCE = 6  # times as long may it take where the machine has other things to do
IN_ITS_OWN_PROCESS = """
import json, resource, sys
from pathlib import Path
from tests.test_hostile_files import _faults, hostile_files
faults = list(_faults(hostile_files("heavy"), Path(sys.argv[1]), at_a_time=1))
# A process's own peak: what getrusage says of it begins with its parent's.
own = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"faults": faults, "megabytes": [own >> 10, children >> 10]}))
"""
SENTENCE = re.compile("请.*。$")


def outcome(data: bytes, folder: Path) -> DeliveryRefused | None:
    """What the readers say: the refusal, or None where the file was read."""
    path = folder / "file"
    path.write_bytes(data)
    try:
        if is_archive(data[:4096], path):
            for _, member in unpack(path, folder / "members"):
                _read(member.read_bytes())
        else:
            _read(data)
    except DeliveryRefused as refused:
        return refused
    return None


def _read(data: bytes) -> None:
    for table in read_cells(data, LAYOUT, Habits(), []):
        assert table.cells.num_columns == table.binding.width


def fault(hostile: Hostile, folder: Path) -> str | None:
    """What is wrong with the way a hostile file was met."""
    folder.mkdir()
    began, spent = time.monotonic(), _processor()
    try:
        refused = outcome(hostile.data, folder)
    except BaseException as death:
        return f"{hostile.name}: died of {type(death).__name__}: {death}"
    waited, spent, code = time.monotonic() - began, _processor() - spent, refused.code if refused else ""
    if spent > SECONDS or waited > SECONDS * PATIENCE:
        return f"{hostile.name}: took {spent:.0f} s of processor, {waited:.0f} s in all"
    if hostile.expected not in (ANY, code):
        return f"{hostile.name}: {code or 'read'}, not {hostile.expected or 'read'}"
    if refused and (not code or not SENTENCE.search(refused.reason)):
        return f"{hostile.name}: {code}: {refused.reason}"
    if refused and _tells(refused.reason):
        return f"{hostile.name}: {code}: {refused.reason}"
    if refused and (folder / "members").exists():
        return f"{hostile.name}: left something behind"
    return None


def _processor() -> float:
    """Seconds of processor that this process and the children that ended have used."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _tells(reason: str) -> bool:
    return any(part in reason for s in range(10) for part in (someone(s)[0], someone(s)[1][:14]))


def _faults(files: list[Hostile], folder: Path, at_a_time: int = 2) -> Iterator[str]:
    with ThreadPoolExecutor(at_a_time) as pool:
        yield from filter(None, pool.map(lambda f: fault(f[1], folder / str(f[0])), enumerate(files)))


@pytest.mark.parametrize("group", sorted(set(GROUPS) - {"heavy"}))
def test_every_hostile_file_is_read_or_refused_with_a_sentence_in_time(group: str, tmp_path: Path) -> None:
    assert list(_faults(hostile_files(group), tmp_path)) == []


def test_small_files_that_ask_for_much_memory_do_not_get_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_ITS_OWN_PROCESS, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    said = json.loads(done.stdout)
    assert said["faults"] == [] and max(said["megabytes"]) <= MEGABYTES


def test_there_are_at_least_five_hundred_of_them() -> None:
    assert sum(len(hostile_files(group)) for group in GROUPS) >= 500


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
@pytest.mark.parametrize("group", GROUPS)
def test_the_same_holds_for_other_seeds(group: str, seed: int, tmp_path: Path) -> None:
    assert list(_faults(hostile_files(group, seed), tmp_path)) == []
