"""The engine that a night was asked to run on."""

from pathlib import Path

from flows.engines.capped import Capped
from flows.engines.settings import ENGINES, EngineSettings
from schemas.errors import UsageError, say
from schemas.stages import Engine


def require_engine(name: str) -> None:
    """Raises: UsageError for a name that is none, and where this machine lacks what it needs."""
    if name not in ENGINES:
        known = "、".join(ENGINES)
        raise UsageError(
            say(f"没有「{name}」这个引擎；可用的是 {known}。", f"No engine {name!r}; there are {', '.join(ENGINES)}.")
        )
    if name == "spark":
        from flows.engines.spark import require_spark

        require_spark()


def open_engine(name: str, settings: EngineSettings, memory: int, folder: Path) -> Engine:
    """The engine of this name. `memory`: bytes for what stages hold in arrays on this machine. `folder` is for what goes to
    workers and comes back."""
    if name == "local":
        return Capped(memory)
    from flows.engines.spark import Spark

    return Spark(settings, folder)
