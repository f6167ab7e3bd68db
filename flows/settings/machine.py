"""`[machine]`: how much memory and how much disk for spilling a night may take, and how the memory is shared out.

Of the memory one half is DuckDB's: it spills what does not fit. A quarter is for what a stage holds in arrays; a stage that
would hold more is done in parts. The rest is for the program and the text of the file being read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.store import LIMITS, usual_memory

UNITS = {"MB": 1 << 20, "GB": 1 << 30}
LEAST = 512 << 20  # what the libraries and one file's block take by themselves


def read_bytes(name: str, text: object) -> int:
    """
    >>> read_bytes("machine.memory", "4GB") >> 20
    4096

    Raises: ValueError, naming the setting.
    """
    told = re.fullmatch(r"\s*(\d+)\s*(MB|GB)\s*", str(text), re.IGNORECASE)
    size = int(told[1]) * UNITS[told[2].upper()] if told else 0
    if size < LEAST:
        raise ValueError(f'{name} 应写成 "4GB" 或 "2048MB" 的样式，至少 {LEAST >> 20}MB')
    return size


KEYS = {"memory", "spill"}


@dataclass(frozen=True)
class Machine:
    """Bytes of memory, and of spilled rows; None where nothing is set."""

    memory: int | None = None
    spill: int | None = None

    @property
    def session(self) -> int:
        """What DuckDB may hold."""
        return self.memory // 2 if self.memory else usual_memory()

    @property
    def arrays(self) -> int:
        """What a stage may hold beside it."""
        return self.session // 2


def read_machine(data: Mapping[str, Any]) -> Machine:
    """Raises: ValueError, naming the setting."""
    return Machine(**{name: read_bytes(f"machine.{name}", data[name]) for name in sorted(KEYS & set(data))})


def keep_within(machine: Machine) -> None:
    """From now on every session of this process keeps to it."""
    LIMITS.memory, LIMITS.spill = machine.session, machine.spill
