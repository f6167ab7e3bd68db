"""`[engine]` of zhaoren.toml: the Spark master, its options, and into how many parts a stage is cut."""

from collections.abc import Mapping
from dataclasses import dataclass, field

KEYS = frozenset({"master", "parts", "tasks", "worker_memory", "options"})
LOCAL_MASTER = "local[2]"


@dataclass(frozen=True)
class EngineSettings:
    """`parts`: of every stage, some for each core of the cluster. `tasks` run at once on a worker and share its
    `worker_memory` bytes. `options` are Spark's own names and values."""

    master: str = LOCAL_MASTER
    parts: int = 8
    tasks: int = 2
    worker_memory: int = 2 << 30
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether the workers run on this machine."""
        return self.master.startswith("local")
