"""Stages on Apache Spark: its workers cut the rows, its shuffle brings the rows of a part together, and on every part the
stage's own function runs in a DuckDB of its own.

Spark carries rows in bundles of Arrow bytes and never looks into them, so no type passes through its own. The night's
work folder must be seen by the workers under the same path, as the archive must.
"""

import itertools
import os
import pickle
import shutil
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.engines.parts import PART, cut_queries, put_table, put_together, read_batches, run_part
from flows.engines.settings import EngineSettings
from ledger.store import connect
from schemas.errors import UsageError, say
from schemas.stages import Asked, Job, Result, Stage, Work

GIVEN = pa.schema([("name", pa.large_string()), ("rows", pa.large_binary())])
BUNDLE = pa.schema([("part", pa.int32()), *GIVEN])
BUNDLE_SQL, GIVEN_SQL = "part int, name string, rows binary", "name string, rows binary"
ROWS = 1 << 16  # rows of a bundle at most: some megabytes
# No page on a port, no progress bar, no line on the terminal; bundles are large, so few go into one Arrow batch.
OWN_OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
    "spark.sql.execution.arrow.useLargeVarTypes": "true",
    "spark.driver.maxResultSize": "0",
}


QUIET = "rootLogger.level = off\n"  # of log4j: what Spark would write may hold what stood in a row


class Spark:
    """A Spark session that runs a night's stages. `folder`: a new one, for what goes to the workers and comes back."""

    def __init__(self, settings: EngineSettings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder.resolve()  # workers may stand elsewhere
        self.numbers = itertools.count(1)
        self._session: Any = None
        require_spark()

    @property
    def session(self) -> Any:
        """Started when the first stage asks for it."""
        if self._session is None:
            self._session = start_session(self.settings, self.folder)
        return self._session

    def run(self, con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
        place = self.folder / f"{next(self.numbers):03d}-{stage.name}"
        place.mkdir(parents=True)
        try:
            stage.binds(con)
            cut = {
                n: write_rows(con, q, place / f"{n}.arrow") for n, q in cut_queries(stage, self.settings.parts).items()
            }
            whole = {name: write_rows(con, f"from {name}", place / f"{name}.arrow") for name in stage.whole}
            self._shuffle(stage, cut, whole, place)
            for name in stage.gives:
                put_together(con, stage, name, read_given(place / "given", name))
        finally:
            shutil.rmtree(place, ignore_errors=True)  # where a stage failed, its own error is the one to tell

    def _shuffle(self, stage: Stage, cut: dict[str, Path], whole: dict[str, Path], place: Path) -> None:
        """Bundles of rows to their parts, and what the parts give to files. A part without rows is a part as well: that is
        what the numbers on the other side of the cogroup are for."""
        spark, parts = self.session, self.settings.parts
        batches = [(name, str(path), n) for name, path in cut.items() for n in range(count_batches(path))]
        bundles = spark.createDataFrame(batches or [("", "", -1)], "name string, path string, batch int")
        bundles = bundles.repartition(min(len(batches) + 1, 2 * parts)).mapInArrow(make_bundles, BUNDLE_SQL)
        numbers = spark.range(parts).selectExpr("cast(id as int) as part")
        memory = self.settings.worker_memory // self.settings.tasks
        work = partial(do_part, stage=stage, cut=cut, whole=whole, memory=memory)
        given = numbers.groupBy("part").cogroup(bundles.groupBy("part")).applyInArrow(work, GIVEN_SQL)
        given.write.parquet(str(place / "given"), compression="none")

    def each(
        self, con: duckdb.DuckDBPyConnection, function: Work[Job, Result], jobs: Sequence[Job], tables: Asked[Job]
    ) -> Iterator[Result]:
        if not jobs:
            return
        place = self.folder / f"{next(self.numbers):03d}-each"
        place.mkdir(parents=True)
        names = sorted({name for job in jobs for name in tables(job)})
        files = {name: write_rows(con, f"from {name}", place / f"{name}.arrow") for name in names}
        work = partial(do_job, function=function, tables=tables, files=files, place=place)
        done = self.session.sparkContext.parallelize(list(enumerate(jobs)), len(jobs)).map(work).collect()
        for result in done:
            yield pickle.loads(Path(result).read_bytes())
            Path(result).unlink()
        shutil.rmtree(place)

    def close(self) -> None:
        if self._session is not None:
            self._session.stop()
            self._session = None


def require_spark() -> None:
    """Raises: UsageError where pyspark or Java is missing."""
    from importlib.util import find_spec

    found = find_spec("pyspark")
    if found is None or found.origin is None:  # a folder that pip left behind is no package
        raise UsageError(
            say("--engine spark 需要组件 pyspark；请在程序目录运行 pip install -r requirements-cluster.lock，或改用 --engine local。",
                "--engine spark needs pyspark; run pip install -r requirements-cluster.lock in the program's folder, or use --engine local.")
        )  # fmt: skip
    home = os.environ.get("JAVA_HOME")
    if not (home and Path(home, "bin", "java").exists()) and shutil.which("java") is None:
        raise UsageError(
            say("--engine spark 需要 Java 17 或更高版本，这台机器上没有；请安装后再运行，或改用 --engine local。",
                "--engine spark needs Java 17 or newer, and this machine has none; install it, or use --engine local.")
        )  # fmt: skip


def start_session(settings: EngineSettings, folder: Path) -> Any:
    """A session on the master of the settings. The workers use this very interpreter; what they spill lies in `folder`."""
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    if settings.is_local:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
        os.environ["SPARK_WORKER_DIR"] = str(folder / "workers")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log4j2.properties").write_text(QUIET, encoding="utf-8")
    logs = f"-Dlog4j2.configurationFile=file:{folder / 'log4j2.properties'}"
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("zhaoren").master(settings.master)
    own = OWN_OPTIONS | {
        "spark.sql.shuffle.partitions": str(settings.parts),
        "spark.local.dir": str(folder / "shuffle"),
        "spark.driver.extraJavaOptions": logs,
    }
    for name, value in {**own, **settings.options}.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # whatever Spark and Java raise; their words may name hosts, not people
        raise UsageError(
            say(f"连不上 Spark（{settings.master}，{type(error).__name__}）；请核对 zhaoren.toml 的 [engine] master 和 options。",
                f"No Spark session on {settings.master} ({type(error).__name__}); see [engine] master and options in zhaoren.toml.")
        ) from error  # fmt: skip


def do_job(
    numbered: tuple[int, Job], function: Work[Job, Result], tables: Asked[Job], files: dict[str, Path], place: Path
) -> str:
    """On a worker: the function of one job, its result left in a file, however large. A second try writes the same."""
    number, job = numbered
    with connect() as con:
        for name in tables(job):
            _put_file(con, name, files[name])
        result = function(con, job)
    beside, target = place / f"{number}-{uuid4()}.new", place / f"{number}.pickle"
    beside.write_bytes(pickle.dumps(result, protocol=5))
    os.replace(beside, target)
    return str(target)


def _put_file(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    with pa.memory_map(str(path)) as source:
        rows = pa.ipc.open_file(source)
        put_table(con, name, rows.schema, (rows.get_batch(n) for n in range(rows.num_record_batches)))


def write_rows(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> Path:
    """The rows of a select as an Arrow file, for workers to read batch by batch."""
    reader = read_batches(con, query)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, reader.schema) as out:
        for batch in reader:
            out.write_batch(batch)
    return path


def count_batches(path: Path) -> int:
    with pa.memory_map(str(path)) as source:
        return int(pa.ipc.open_file(source).num_record_batches)


def make_bundles(asked: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """On a worker: the named batches, cut into one bundle for each part."""
    for batch in asked:
        for name, path, number in zip(*(batch[c].to_pylist() for c in ("name", "path", "batch")), strict=True):
            if number >= 0:
                with pa.memory_map(path) as source:
                    yield from _bundles(name, pa.ipc.open_file(source).get_batch(number))


def _bundles(name: str, rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for part in pc.unique(rows[PART]).to_pylist():
        packed = pack(rows.filter(pc.equal(rows[PART], part)))
        yield pa.RecordBatch.from_pylist([{"part": part, "name": name, "rows": packed}], schema=BUNDLE)


def pack(rows: pa.RecordBatch | pa.Table) -> bytes:
    """Rows and their schema as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as out:
        out.write(rows)
    return bytes(sink.getvalue())


def do_part(
    _number: pa.Table, bundles: pa.Table, stage: Stage, cut: dict[str, Path], whole: dict[str, Path], memory: int
) -> pa.Table:
    """On a worker: the stage's function on one part's rows."""

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        for name, path in cut.items():
            mine = bundles.filter(pc.equal(bundles["name"], name))["rows"]
            put_table(con, name, schema_of(path), (b for packed in mine for b in unpack(packed).to_batches()))
        for name, path in whole.items():
            _put_file(con, name, path)

    made = run_part(stage, fill, memory)
    return pa.Table.from_batches(
        [
            _one(name, table.slice(at, ROWS))
            for name, table in made.items()
            for at in range(0, max(table.num_rows, 1), ROWS)
        ]
    )


def _one(name: str, rows: pa.Table) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"name": name, "rows": pack(rows)}], schema=GIVEN)


def schema_of(path: Path) -> pa.Schema:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).schema


def unpack(packed: pa.Scalar) -> pa.Table:
    return pa.ipc.open_stream(packed.as_buffer()).read_all()


def read_given(folder: Path, name: str) -> Iterator[pa.Table]:
    """What the parts gave of one table, in a fixed order of files."""
    for file in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(1, columns=["name", "rows"]):
            if batch["name"][0].as_py() == name:
                yield unpack(batch["rows"][0])
