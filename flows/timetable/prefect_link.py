"""Whether a Prefect API answers, and running a night through it. A night never depends on it."""

import os
import sys
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path

from flows.days import today_in_shanghai
from flows.night.in_order import run_night
from flows.night.outcome import Outcome, read_outcome
from flows.workspace import Workspace, locked
from ledger.seal import sealed_runs
from schemas.errors import ZhaorenError, say

PROBE_SECONDS = 2
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_CLI_WRAP_LINES": "false",
}


def calm_prefect(home: Path | None = None) -> None:
    """Settings that must be there before Prefect is imported: no telemetry, a patient start, its own home."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if home:
        os.environ.setdefault("PREFECT_HOME", str(home))


def configured_api() -> str | None:
    """The API address of the environment or of the active Prefect profile, without importing Prefect."""
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    profiles = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser() / "profiles.toml"
    try:
        data = tomllib.loads(profiles.read_text(encoding="utf-8"))
        url = data["profiles"][data["active"]].get("PREFECT_API_URL")
        return str(url) if url else None
    except (OSError, KeyError, tomllib.TOMLDecodeError, AttributeError):
        return None


def api_answers(url: str | None) -> bool:
    """True when the API's health page answers within two seconds."""
    if not url or not url.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(url.rstrip("/") + "/health", timeout=PROBE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def run_through_flow(
    workspace: Workspace, as_of: str | None, progress: Callable[[str], None], engine: str = "local"
) -> Outcome:
    """One night as a Prefect flow. What Prefect loses after the seal is a warning; before it, the night runs directly."""
    before = len(sealed_runs(workspace.runs))
    try:
        from flows.timetable.flow import nightly

        nightly(str(workspace.root), as_of, engine)
    except ZhaorenError:
        raise
    except Exception as error:  # Prefect's own failures have no common base
        _warn(error)
        if len(sealed_runs(workspace.runs)) == before:
            return run_directly(workspace, as_of, progress, engine)
    return read_outcome(workspace)


def run_directly(
    workspace: Workspace, as_of: str | None, progress: Callable[[str], None], engine: str = "local"
) -> Outcome:
    from flows.days import parse_day

    day = parse_day(as_of) if as_of else today_in_shanghai()
    with locked(workspace):
        return run_night(workspace, day, progress, engine)


def _warn(error: Exception) -> None:
    print(
        say(
            f"提示：Prefect 没有走完（{type(error).__name__}），本夜以工作区自己的记录为准。",
            f"Note: Prefect did not finish ({type(error).__name__}); the workspace's own record stands.",
        ),
        file=sys.stderr,
    )
