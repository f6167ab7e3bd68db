"""`zhaoren serve`: the console on loopback, until interrupted."""

from collections.abc import Callable

import uvicorn

from flows.console.accounts import accounts
from flows.console.app import create_app
from flows.console.making import make_apart
from flows.console.rereading import record_of_apart
from flows.console.search import read_tables
from flows.console.shell import HOSTS
from flows.console.taking import take_apart
from flows.workspace import Workspace
from schemas.errors import UsageError, say

LOOPBACK = (*HOSTS, "::1")


def serve(workspace: Workspace, host: str, port: int, when_ready: Callable[[], None]) -> None:
    """Until interrupted; `when_ready` is called once the pages are there. Raises: UsageError for an address that other machines could reach: the console has no TLS."""
    if host not in LOOPBACK:
        raise UsageError(
            say("核查台只在本机开放（127.0.0.1）；别的电脑请用 SSH 隧道连到本机端口。",
                "The console is for this machine alone (127.0.0.1); reach it from another one by an SSH tunnel.")
        )  # fmt: skip
    app = create_app(workspace, make=make_apart, take=take_apart, reread=record_of_apart)
    if not accounts(app.state.desk.state):
        raise UsageError(
            say(f"还没有账号；请先 zhaoren accounts add {workspace.root} 姓名 --role officer。",
                f"No accounts yet; first zhaoren accounts add {workspace.root} NAME --role officer.")
        )  # fmt: skip
    read_tables()
    when_ready()
    # Addresses hold no personal value, and still nobody needs a list of who looked at which entry in a log.
    uvicorn.run(app, host=host.strip("[]"), port=port, access_log=False, log_level="warning", server_header=False, proxy_headers=False)  # fmt: skip
