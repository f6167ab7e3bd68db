"""`[engine]` of zhaoren.toml: the Spark master, its options, and into how many parts a stage is cut."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.settings.machine import read_bytes
from flows.settings.sources import number

KEYS = {"master", "parts", "tasks", "worker_memory", "options"}
ENGINES = ("local", "spark")
TEMPLATE = """
# zhaoren run --engine spark 用（须另装 requirements-cluster.lock 和 Java 17）。工作区须在各节点的同一路径下可读写；一步分成 parts 份，
# 每个工作进程同时做 tasks 份，共用 worker_memory 内存；options 是 Spark 自己的设置。
# [engine]
# master = "spark://主节点:7077"
# parts = 64
# tasks = 2
# worker_memory = "4GB"
# options = {"spark.executor.memory" = "2g", "spark.executor.cores" = "2"}
"""


@dataclass(frozen=True)
class EngineSettings:
    """`parts`: of every stage, some for each core of the cluster. `tasks` run at once on a worker and share its
    `worker_memory` bytes. `options` are Spark's own names and values."""

    master: str = "local[2]"
    parts: int = 8
    tasks: int = 2
    worker_memory: int = 2 << 30
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether the workers run on this machine."""
        return self.master.startswith("local")


def read_engine(data: Mapping[str, Any]) -> EngineSettings:
    """Raises: ValueError, naming the setting."""
    usual = EngineSettings()
    counts = {
        name: number(f"engine.{name}", data.get(name, getattr(usual, name)), whole=True) for name in ("parts", "tasks")
    }
    if least := [name for name, count in counts.items() if count < 1]:
        raise ValueError(f"engine.{least[0]} 应至少为 1")
    return EngineSettings(
        master=str(data.get("master", usual.master)),
        worker_memory=read_bytes("engine.worker_memory", data["worker_memory"])
        if "worker_memory" in data
        else usual.worker_memory,
        options={str(name): str(value) for name, value in data.get("options", {}).items()},
        **{name: int(count) for name, count in counts.items()},
    )
