"""`make bench-console`: the console over a city of a million people after three years of nights, with twenty people clicking.

    python -m benchmarks.console [--people 1000000] [--nights 1095] [--minutes 2] [--into FOLDER]

The city is made without nights: each sealed run brings its part of the people, three entries a person, a delivered row a
person; the last of them wait for somebody. Quote the share of pages within the goal (300 ms) together with the machine's load.
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import httpx

from flows.console.accounts import add_account
from flows.console.state import State
from flows.settings.read import FILE
from flows.workspace import Workspace, init_workspace
from ledger.entries import commit_entries
from ledger.seal import seal, write_parquet, write_table
from ledger.standalone_verifier import SETTINGS
from ledger.store import connect
from schemas.extracts import LAYOUTS
from schemas.journal import Notice
from schemas.modelling import create_table, describe
from schemas.rows import standing_columns
from schemas.tables import Delivery, LedgerEntry, MatchLog, Person, Quarantine

MODELS = (Delivery, LedgerEntry, MatchLog, Notice, Person, Quarantine)
FIRST = date(2021, 7, 1)
GOAL = 0.3  # seconds a page may take
PASSWORD = "a password for the bench alone"
PORT = 8791
OPEN_ENTRIES, OPEN_ROWS = 50_000, 20_000
FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')
QUESTION = re.compile(r'href="(/review/[^"?]+/[^"?]+)')
# One person a number, three entries each; the last so many wait for an officer, every seventh for a recognition.
ENTRIES = """
insert into ledger_entry by name
select $run || '-' || seq as entry_id, $run as run_no, seq, $at as recorded_at, person_id, name, id_number, town, 'zhongshan' as pack,
       if(kind = 2, 'T', if(i % 7 = 0, 'H', 'L')) as track, ['ADD', 'UPD', 'TASK'][kind + 1] as op, 'stoppage' as basis, 'ZS-3.1.1a' as clause,
       if(i % 7 = 0, 'H0', 'L0') as state_from, if(kind = 0, if(i % 7 = 0, 'H1', 'L1'), null) as state_to, $day as valid_from,
       kind = 0 and i > $people - $open as needs_decision, ['r' || i] as evidence, json_object('rule', 'ZS-3.1.1a') as parameters, '停保，列入台账。' as reason
from (select *, row_number() over (order by i, kind) as seq from someone, range(3) as k(kind))
"""
SOMEONE = """
create or replace temp table someone as
select i, 'P' || lpad(i::varchar, 9, '0') as person_id, chr((20000 + i % 97)::integer) || chr((21000 + i % 5000)::integer) || chr((22000 + i % 700)::integer) as name,
       '44010019' || lpad((50 + i % 45)::varchar, 2, '0') || '0101' || lpad((i % 10000)::varchar, 4, '0') as id_number, '东区' || i % 40 || '街道' as town
from range($low, $high) as t(i)
"""
PEOPLE = "insert into person by name select person_id, name, id_number, town, $run as first_run, $run as last_run from someone"
LOG = """
insert into match_log by name
select $delivery as delivery_id, row_number() over (order by i) as row_no, 'r' || i as record_id, 'death' as kind, $file as file_name, person_id,
       if(i > $people - $open, 'review', 'linked') as match_status, if(i > $people - $open, 'model', 'id_and_name') as rule,
       if(i > $people - $open, 20.0 - i % 17, null) as match_weight from someone
"""
ROWS = """
insert into standing_death by name
select '' as office, record_id, delivery_id, row_no, hash(record_id) as business_key, $run as run_no, s.name, s.id_number, l.person_id, l.match_status, l.rule,
       if(l.match_status = 'linked', 'exact', 'none') as link_grade from match_log as l inner join someone as s using (person_id)
"""
DELIVERED = """
insert into delivery by name
select $delivery as delivery_id, $file as file_name, 'death' as kind, $day as snapshot_date, 'delta' as coverage, count(*) as rows, count(*) as accepted, 0 as quarantined,
       0 as unchanged, count(*) filter (match_status = 'linked') as linked, 0 as new_person, 0 as not_linked, count(*) filter (match_status = 'review') as review,
       'accepted' as status, $delivery as file_sha256, '' as office from match_log
"""


def make_city(root: Path, people: int, nights: int) -> Workspace:
    """A workspace of so many sealed runs, without workbooks; the store is made by whoever opens it."""
    workspace = init_workspace(root, ["zhongshan"])
    con = connect()
    for run in range(1, nights + 1):
        low, high = ((people * n) // nights + 1 for n in (run - 1, run))
        _fill(con, run, low, high, people)
        staging = workspace.root / ".work" / "staging"
        for model in MODELS:
            write_table(con, model, describe(model).name, staging / "tables")
        write_parquet(con, "from standing_death order by row_no", staging / "tables" / "standing" / "death.parquet")
        (staging / SETTINGS).write_bytes((workspace.root / FILE).read_bytes())
        seal(staging, workspace.runs, run, _facts(run) | {"entries": commit_entries(staging)})
    con.close()
    return workspace


def _day(run: int) -> date:
    return FIRST + timedelta(days=run)


def _at(run: int) -> datetime:
    return datetime.combine(_day(run), datetime.min.time(), UTC)


def _facts(run: int) -> dict[str, object]:
    return {
        "run_no": run, "as_of": _day(run).isoformat(), "recorded_at": _at(run).isoformat(), "packs": ["zhongshan"], "pack_versions": {},
        "code_version": "0", "model_version": "0", "pack_files": {}, "totals": {}, "unset": [], "barred": [], "inputs": [], "blocking": [], "signing": None, "released": None, "destroyed": [],
    }  # fmt: skip


def _fill(con: duckdb.DuckDBPyConnection, run: int, low: int, high: int, people: int) -> None:
    for model in MODELS:
        table = describe(model)
        con.execute(f"drop table if exists {table.name}")
        con.execute(create_table(table.name, ((c.name, c.sql) for c in table.columns)))
    con.execute("drop table if exists standing_death")
    con.execute(create_table("standing_death", standing_columns(LAYOUTS["death"])))
    told = {
        "low": low, "high": high, "run": run, "people": people, "day": _day(run), "at": _at(run),
        "delivery": f"{run:064x}", "file": f"死亡_{_day(run):%Y%m%d}_增量.csv",
    }  # fmt: skip
    for statement, open_ones in ((SOMEONE, 0), (ENTRIES, OPEN_ENTRIES), (PEOPLE, 0), (LOG, OPEN_ROWS), (ROWS, 0), (DELIVERED, 0)):  # fmt: skip
        asked = told | {"open": min(open_ones, people // 4)}
        con.execute(statement, {k: v for k, v in asked.items() if re.search(rf"\${k}\b", statement)})


class Clicker(threading.Thread):
    """One signed-in person: a page, a pause, the next page, until told to stop."""

    def __init__(self, name: str, people: int, nights: int, pause: float, stop: threading.Event) -> None:
        super().__init__()
        self.who, self.people, self.nights, self.pause, self.stop = name, people, nights, pause, stop
        self.took: dict[str, list[float]] = defaultdict(list)
        self.faults: list[str] = []
        self.chance = random.Random(name)
        self.form_key, self.question, self.page = "", "", ""

    def run(self) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60, trust_env=False) as client:
            self._ask(client, "sign-in form", "/sign-in")
            self._ask(client, "sign-in", "/sign-in", {"name": self.who, "password": PASSWORD})
            self._ask(client, "tonight", "/")
            while not self.stop.is_set():
                self._ask(client, *self.next_page())
                self.stop.wait(self.chance.expovariate(1 / self.pause))

    def next_page(self) -> tuple[str, str] | tuple[str, str, dict[str, str]]:
        some, run = self.chance.randint(1, self.people), self.chance.randint(1, self.nights)
        pages: list[tuple[str, str] | tuple[str, str, dict[str, str]]] = [
            ("tonight", "/"), ("queue", "/review"), ("queue by town", f"/review?sheet=entry&town=东区{some % 40}街道"),
            ("person", f"/person/P{some:09d}"), ("entry", f"/entry/{run}-{self.chance.randint(1, max(1, self.people // self.nights))}"),
            ("file", f"/file/{run:064x}"), ("row", f"/row/{run:064x}/1"), ("clause", "/clause/zhongshan/ZS-3.1.1a"), ("run", f"/run/{run}"),
            ("search a name", "/search", {"text": f"{chr(20000 + some % 97)}{chr(21000 + some % 5000)}{chr(22000 + some % 700)}"}),
        ]  # fmt: skip
        if self.question:
            pages += [("question", self.question)] * 6
        return self.chance.choice(pages)

    def _ask(self, client: httpx.Client, page: str, path: str, form: dict[str, str] | None = None) -> None:
        start = time.perf_counter()
        answer = client.get(path) if form is None else client.post(path, data=form | {"form_key": self.form_key})
        self.took[page].append(time.perf_counter() - start)
        if answer.status_code not in (200, 303):
            self.faults.append(f"{page}: {answer.status_code}")
        self.page = answer.text
        if found := FORM_KEY.search(answer.text):
            self.form_key = found[1]
        if page.startswith("queue") and (links := QUESTION.findall(answer.text)):
            self.question = self.chance.choice(links)


def memory_of(pid: int) -> tuple[int, int]:
    """MB now, and at most so far."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    now, most = (int(re.search(rf"{k}:\s+(\d+)", text)[1]) >> 10 for k in ("VmRSS", "VmHWM"))  # type: ignore[index]
    return now, most


def own_memory(pid: int) -> int:
    """MB that no other process shares: what of the libraries' files is mapped is not in it."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"Private_Dirty:\s+(\d+)", text)[1]) >> 10  # type: ignore[index]


def children_peak(pid: int) -> int:
    """MB at most so far of the processes that the console started and that are still there."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    peaks = [0]
    for child in found:
        with suppress(OSError, TypeError):  # it may end at this moment
            peaks.append(memory_of(int(child))[1])
    return max(peaks)


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def click(workspace: Workspace, people: int, nights: int, minutes: float, clickers: int, pause: float) -> int:
    state = State(workspace.console)
    names = [f"某甲{n}-{time.time():.0f}" for n in range(clickers)]  # an account's name is never given twice
    for n, name in enumerate(names):
        add_account(state, name, "officer" if n % 4 else "auditor", PASSWORD)
    start = time.monotonic()
    server = subprocess.Popen([sys.executable, "-m", "flows.cli", "serve", str(workspace.root), "--port", str(PORT)])
    try:
        made_with = wait_until_ready(server)
        print(f"ready after {time.monotonic() - start:.0f} s; MB now and at most: {memory_of(server.pid)}, of the child that made the pages ready at most {made_with}")  # fmt: skip
        stop = threading.Event()
        crowd = [Clicker(n, people, nights, pause, stop) for n in names]
        before, since = processor_seconds(server.pid), time.monotonic()
        for one in crowd:
            one.start()
        stop.wait(minutes * 60)
        stop.set()
        for one in crowd:
            one.join()
        spent = (processor_seconds(server.pid) - before) / (time.monotonic() - since)
        print(f"MB that are the console's own: {own_memory(server.pid)}")
        return report(crowd, spent, memory_of(server.pid))
    finally:
        server.terminate()
        server.wait()


def wait_until_ready(server: subprocess.Popen[bytes]) -> int:
    """Until the console answers; MB at most of its children until then."""
    most = 0
    while server.poll() is None:
        most = max(most, children_peak(server.pid))
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/sign-in", trust_env=False, timeout=5)
            return most
        except httpx.TransportError:
            time.sleep(0.5)
    raise SystemExit("the console did not start")


def report(crowd: Sequence[Clicker], spent: float, memory: tuple[int, int]) -> int:
    took: dict[str, list[float]] = defaultdict(list)
    for one in crowd:
        for page, times in one.took.items():
            took[page] += times
    everything = [t for page, times in took.items() for t in times if not page.startswith("sign-in")]
    for page, times in sorted(took.items()):
        print(
            f"{page:14} {len(times):6} pages, median {statistics.median(times) * 1000:6.0f} ms, p95 {_p95(times):6.0f} ms"
        )
    within = sum(t <= GOAL for t in everything) / len(everything)
    print(f"all            {len(everything):6} pages, p95 {_p95(everything):.0f} ms, {within:.1%} within {GOAL * 1000:.0f} ms; "
          f"{spent:.2f} cores busy; MB now and at most: {memory}")  # fmt: skip
    faults = [f for one in crowd for f in one.faults]
    print(f"faults: {len(faults)} {sorted(set(faults))[:5]}")
    return 1 if faults else 0


def _p95(times: list[float]) -> float:
    """Milliseconds."""
    return 1000 * sorted(times)[int(0.95 * len(times))]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--nights", type=int, default=1095)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--clickers", type=int, default=20)
    parser.add_argument("--pause", type=float, default=3, help="seconds between two clicks of one person, on average")
    parser.add_argument("--into", type=Path, help="keep the city there, or use the one that is there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = asked.into or Path(scratch) / "city"
        workspace = Workspace(root.resolve()) if root.exists() else make_city(root, asked.people, asked.nights)
        return click(workspace, asked.people, asked.nights, asked.minutes, asked.clickers, asked.pause)


if __name__ == "__main__":
    raise SystemExit(main())
