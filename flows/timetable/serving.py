"""Nightly deployment: Prefect serves the flow by cron, in Beijing time (Prefect's own default would be UTC)."""

import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.settings.read import read_settings
from flows.timetable.announcing import read_addresses
from flows.timetable.prefect_link import api_answers, configured_api
from flows.workspace import Workspace
from schemas.errors import UsageError, ZhaorenError, say

ZONE = "Asia/Shanghai"
START_SECONDS = 120
NAME = "zhaoren-nightly"  # of the deployment


def serve_nightly(workspace: Workspace, cron: str) -> None:
    """Serve until interrupted, one night at a time. Raises: UsageError for a cron expression that cannot be read, or addresses
    that nobody can be told at."""
    with _api(workspace):  # before Prefect is imported: it reads its address once
        read_addresses(workspace, read_settings(workspace.root))
        from flows.timetable.scheduled import scheduled
        from flows.timetable.unended import settle_unended

        warnings.filterwarnings(
            "ignore", "coroutine 'Runner.astop'", RuntimeWarning
        )  # Prefect's own, where it is told to end
        schedule = _cron(cron)
        settle_unended(workspace, NAME)
        print(
            say(f"已按 {cron}（{ZONE}）排定；按 Ctrl-C 结束。", f"Scheduled {cron} ({ZONE}); Ctrl-C ends it."),
            flush=True,
        )
        scheduled.serve(
            name=NAME,
            schedule=schedule,
            parameters={"workspace": str(workspace.root)},
            print_starting_message=False,
            limit=1,
        )


def _cron(cron: str) -> Any:
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.schedules import Cron

    try:
        CronSchedule(cron=cron, timezone=ZONE)
    except ValueError:
        raise UsageError(
            say(
                f"「{cron}」不是有效的 cron 表达式；例如每天两点写作 0 2 * * *。",
                f"{cron!r} is no cron expression; try '0 2 * * *'.",
            )
        ) from None
    return Cron(cron, timezone=ZONE)


@contextmanager
def _api(workspace: Workspace) -> Iterator[None]:
    """An API that can schedule: the configured one, or a server of our own on loopback, ended with us. Prefect's
    ephemeral server runs flows but schedules nothing."""
    if api_answers(configured_api()):
        yield
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.setdefault("PREFECT_HOME", str(workspace.root / ".prefect"))
    url = f"http://127.0.0.1:{port}/api"
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(url, server)
        os.environ["PREFECT_API_URL"] = url
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if api_answers(url):
            return
        time.sleep(0.5)
    raise ZhaorenError(
        say(
            "Prefect 服务没有启动起来；可改用系统定时任务直接运行 zhaoren run。",
            "Prefect's server did not start; let the OS timer call zhaoren run.",
        )
    )
