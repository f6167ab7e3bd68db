"""`python -m benchmarks.console_night`: a night beside readers, and readers beside a night.

    python -m benchmarks.console_night [--people 100000] [--changed 0.01] [--clickers 20] [--pause 3]

A first night of an invented city; then the night after it alone, on a copy; then the same night while so many people follow the
links of the console. Told: pages before, during and after, the night's processor seconds alone and beside readers, how long after
the seal the pages show the new run, and what failed.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx

from benchmarks.console import PASSWORD, PORT, Clicker, memory_of, report, wait_until_ready
from benchmarks.nights import FIRST, PACKS, Step, change, let_move, make_city, measured_night
from flows.console.accounts import add_account
from flows.console.state import State
from flows.workspace import Workspace, init_workspace

LINK = re.compile(r'href="(/(person|entry|row|file|clause|run|review)/[^"#]+)"')
STARTS = (("tonight", "/"), ("queue", "/review"), ("queue", "/review?sheet=row"), ("run", "/run/1"))
SHOWN = re.compile(r"第 (\d+) 次运行")
AT_MOST = 300.0  # seconds to wait for the pages of the new run


class Follower(Clicker):
    """Somebody who follows any link of the page before them, and begins anew now and then."""

    def next_page(self) -> tuple[str, str]:
        links = sorted(set(LINK.findall(self.page)))
        if not links or self.chance.random() < 0.2:
            return self.chance.choice(STARTS)
        path, kind = self.chance.choice(links)
        return ("question" if kind == "review" else kind), path.replace("&amp;", "&")


def crowd_of(workspace: Workspace, clickers: int, pause: float, stop: threading.Event) -> list[Follower]:
    state = State(workspace.console)
    names = [f"某丁{n}-{time.time():.0f}" for n in range(clickers)]
    for n, name in enumerate(names):
        add_account(state, name, "officer" if n % 4 else "auditor", PASSWORD)
    return [Follower(name, 0, 0, pause, stop) for name in names]


def told(title: str, crowd: Sequence[Follower], server: int) -> None:
    """What the pages took since last told."""
    print(f"\n{title}")
    report(crowd, 0.0, memory_of(server))
    for one in crowd:
        one.took = defaultdict(list)


def cpu(spent: dict[str, Step]) -> str:
    return (
        f"{sum(s.cpu for s in spent.values()):.1f} CPU s, {sum(s.seconds for s in spent.values()):.1f} s by the clock"
    )


def watch(one: Follower, since: float) -> float:
    """Seconds from then until somebody who signs in is shown the second run."""
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60, trust_env=False) as client:
        one._ask(client, "sign-in form", "/sign-in")
        one._ask(client, "sign-in", "/sign-in", {"name": one.who, "password": PASSWORD})
        while time.monotonic() - since < AT_MOST:
            one._ask(client, "tonight", "/")
            if (shown := SHOWN.search(one.page)) and shown[1] == "2":
                return time.monotonic() - since
            time.sleep(0.5)
    raise SystemExit("the pages never showed the new run")


def run(folder: Path, people: int, changed: float, clickers: int, pause: float) -> int:
    night = make_city(folder / "city", people)
    root = init_workspace(folder / "first", PACKS).root
    let_move(root)
    print(f"{people} people, first night: {cpu(measured_night(root, night, FIRST, folder / 'spent.json'))}", flush=True)
    day = FIRST + timedelta(days=1)
    later = change(night, folder / "later", changed, day)
    shutil.copytree(root, folder / "copy")
    print(f"next night alone: {cpu(measured_night(folder / 'copy', later, day, folder / 'spent.json'))}", flush=True)
    stop = threading.Event()
    crowd = crowd_of(Workspace(root), clickers + 1, pause, stop)
    server = subprocess.Popen([sys.executable, "-m", "flows.cli", "serve", str(root), "--port", str(PORT)])
    try:
        wait_until_ready(server)
        *crowd, watcher = crowd
        for one in crowd:
            one.start()
        time.sleep(60)
        told("pages without a night", crowd, server.pid)
        spent = measured_night(root, later, day, folder / "spent.json")
        sealed = time.monotonic()
        told("pages beside the night", crowd, server.pid)
        print(f"the same night beside readers: {cpu(spent)}")
        print(f"pages show the new run {watch(watcher, sealed):.0f} s after the seal", flush=True)
        time.sleep(20)
        stop.set()
        for one in crowd:
            one.join()
        told("pages after it", crowd, server.pid)
        return 1 if any(one.faults for one in crowd) else 0
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--changed", type=float, default=0.01)
    parser.add_argument("--clickers", type=int, default=20)
    parser.add_argument("--pause", type=float, default=3, help="seconds between two clicks of one person, on average")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhaoren-console-night-") as made:
        return run(Path(made), asked.people, asked.changed, asked.clickers, asked.pause)


if __name__ == "__main__":
    raise SystemExit(main())
