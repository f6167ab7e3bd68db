"""Large tables put aside in a file while they are worked on: memory then holds the batch that is being looked at, however
long the delivery is."""

import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO
from weakref import WeakSet

import pyarrow as pa

ROW_GROUP = 122_880  # DuckDB's: rows that come so many at a time it need not put together again
MOST_BYTES = 64 << 20  # of wider rows fewer come at a time
_MAPPED: WeakSet[mmap.mmap] = WeakSet()


def put_aside(schema: pa.Schema, batches: Iterable[pa.RecordBatch], folder: Path | None) -> pa.Table:
    """The batches as one table. It lies in a file of `folder` that has no name; in memory where no folder is given."""
    if folder is None:
        return pa.Table.from_batches(batches, schema)

    def write(file: BinaryIO) -> None:
        with pa.ipc.new_stream(file, schema) as out, ThreadPoolExecutor(1) as writer:
            written: Future[None] | None = None
            for batch in _evened(batches):  # the next is made while one is written
                if written:
                    written.result()
                written = writer.submit(out.write_batch, batch)
            if written:
                written.result()

    mapped = map_aside(write, folder)
    _MAPPED.add(mapped)
    return pa.ipc.open_stream(pa.BufferReader(pa.py_buffer(mapped))).read_all()


def _evened(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, `ROW_GROUP` at a time but for the last."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        rows, size = (sum(getattr(b, of) for b in held) for of in ("num_rows", "nbytes"))
        if rows >= ROW_GROUP or size >= MOST_BYTES:
            together = pa.Table.from_batches(held)
            whole = rows if size >= MOST_BYTES else rows // ROW_GROUP * ROW_GROUP
            yield from together.slice(0, whole).combine_chunks().to_batches(ROW_GROUP)
            held = together.slice(whole).to_batches()
    yield from pa.Table.from_batches(held).combine_chunks().to_batches() if held else ()


def map_aside(write: Callable[[BinaryIO], None], folder: Path) -> mmap.mmap:
    """What is written, which is something, mapped. Its file has no name, so that nothing of it outlives the process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        write(file)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def batches_of(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """The table's batches. When the next one is asked for, no memory holds what was read of mapped files: it is read again
    where somebody still looks at it."""
    for batch in table.to_batches():
        yield batch
        for mapped in list(_MAPPED):
            if hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)
