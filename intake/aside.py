"""Large tables put aside in a file while they are worked on: memory then holds the batch that is being looked at, however
long the delivery is."""

import mmap
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from weakref import WeakSet

import pyarrow as pa

_MAPPED: WeakSet[mmap.mmap] = WeakSet()


def put_aside(schema: pa.Schema, batches: Iterable[pa.RecordBatch], folder: Path | None) -> pa.Table:
    """The batches as one table. It lies in a file of `folder` that has no name, so that nothing of it outlives the process;
    in memory where no folder is given."""
    if folder is None:
        return pa.Table.from_batches(batches, schema)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        with pa.ipc.new_stream(file, schema) as out:
            for batch in batches:
                out.write_batch(batch)
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _MAPPED.add(mapped)
    return pa.ipc.open_stream(pa.BufferReader(pa.py_buffer(mapped))).read_all()


def batches_of(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """The table's batches. When the next one is asked for, no memory holds what was read of mapped files: it is read again
    where somebody still looks at it."""
    for batch in table.to_batches():
        yield batch
        for mapped in list(_MAPPED):
            if hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)
