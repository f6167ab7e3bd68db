"""What a page reads of a large file is read also where that takes more memory than pages usually have."""

from pathlib import Path

import duckdb
import pytest

from ledger.seal import write_parquet
from ledger.store import connect
from reports.console.rows import plain_rows, rows

USUAL = 16 << 20
ONE = "select * from read_parquet($file) where row_no = $row"


@pytest.mark.parametrize("read", [rows, plain_rows])
def test_a_row_of_a_wide_file_is_read_and_the_limit_stands_again(tmp_path: Path, read) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "wide.parquet"
    texts = ", ".join(f"repeat(hash(i * {n})::varchar, 6) as c{n}" for n in range(12))
    write_parquet(connect(), f"select i as row_no, {texts} from range(60000) as t(i) order by row_no", file)
    con = connect(scratch=tmp_path / "spill", memory=USUAL)
    before = con.execute("select current_setting('memory_limit')").fetchall()
    where = {"file": str(file), "row": 50_000}
    with pytest.raises(duckdb.OutOfMemoryException):
        con.execute(ONE, where).fetchall()
    assert len(read(con, ONE, where)) == 1
    assert con.execute("select current_setting('memory_limit')").fetchall() == before
    con.close()
