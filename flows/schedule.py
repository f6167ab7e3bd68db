"""Nightly deployment: Prefect serves the flow by cron, in Beijing time (Prefect's own default would be UTC)."""

from flows.workspace import Workspace
from schemas.errors import UsageError, say

ZONE = "Asia/Shanghai"


def serve_nightly(workspace: Workspace, cron: str) -> None:
    """Serve until interrupted. Raises: UsageError for a cron expression that cannot be read."""
    from prefect.schedules import Cron
    from pydantic import ValidationError

    from flows.nightly import nightly

    try:
        schedule = Cron(cron, timezone=ZONE)
        from prefect.client.schemas.schedules import CronSchedule

        CronSchedule(cron=cron, timezone=ZONE)
    except (ValueError, ValidationError):
        raise UsageError(
            say(
                f"「{cron}」不是有效的 cron 表达式；例如每天两点写作 0 2 * * *。",
                f"{cron!r} is no cron expression; try '0 2 * * *'.",
            )
        ) from None
    print(say(f"已按 {cron}（{ZONE}）排定；按 Ctrl-C 结束。", f"Scheduled {cron} ({ZONE}); Ctrl-C ends it."))
    nightly.serve(
        name="zhaoren-nightly",
        schedule=schedule,
        parameters={"workspace": str(workspace.root)},
        print_starting_message=False,
    )
