"""What an error may say in the records of others: Prefect keeps messages of errors in its database and its logs, and DuckDB's
quote the value that could not be read, the system's the name of a file as an office wrote it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.disk import machine_said
from schemas.errors import ZhaorenError


@contextmanager
def nameless() -> Iterator[None]:
    """Raises: what was raised inside; an error that is not our own as one of the same kind that quotes nothing. `ZHAOREN_TRACE`
    lets it through as it is."""
    try:
        yield
    except ZhaorenError:
        raise
    except Exception as error:
        if os.environ.get("ZHAOREN_TRACE"):
            raise
        raise without_data(error) from None


def without_data(error: Exception) -> Exception:
    """An error of the same kind with what the machine said, and the folder where it said it; nothing of the data."""
    if isinstance(error, OSError) and error.errno is not None:
        said = error.filename2 or error.filename
        place = str(Path(os.fsdecode(said)).parent / "…") if isinstance(said, (str, bytes)) else None
        return OSError(error.errno, os.strerror(error.errno), place)
    return type(type(error).__name__, (Exception,), {})(machine_said(error))
