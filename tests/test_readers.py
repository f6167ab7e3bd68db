"""The reader's test: for each profile, no column, digit, word or row that it bans, in any file that is written for it."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from docs.reference.workbooks import BOOKS
from flows.settings.readers import read_readers
from policies.pack import PACKS, read_rules
from policies.telling import tells
from reports.night import Profile, build_workbooks
from reports.readers import BOOKS as READ_BY
from reports.readers import HOLDS, TELLING
from schemas.readers import READERS, Reader
from tests.test_outbound import LISTED, line
from tests.test_workbooks import NIGHT, insert, town

NAME, NUMBER, PHONE, ADDRESS, OWNER = "齉龘靐", "150102198507041234", "13987654321", "暗香里77号", "麤壡籲"
BIRTH = ("19850704", "850704", "1985-07-04", "1985年7月4日", "1985/7/4")
SAYS = {"XX-1": "平常一句", "XX-2": "困难一句", "XX-3": "残疾一句"}
STRICT = Reader("masked", "none", "masked", "masked", hardship=False, disability=True)


def plant(con: duckdb.DuckDBPyConnection) -> None:
    """Somebody whose every word can be told apart, on every list, and in the other sources of sheets."""
    con.executemany("insert into report_tells values ('xinyu', ?, ?, ?)", [["XX-1", False, False], ["XX-2", True, False], ["XX-3", False, True]])  # fmt: skip
    con.execute("insert into report_tells select distinct pack, rule_id, track = 'H', false from (select pack, clause as rule_id, track from ledger_entry)")  # fmt: skip
    who: dict[str, Any] = {"name": NAME, "id_number": NUMBER, "phone": PHONE}
    for number, (rule, words) in enumerate(SAYS.items(), 1):
        for outbound in LISTED:
            due = NIGHT.as_of - timedelta(days=number)
            reason = f"{words}，号码{NUMBER}，电话{PHONE}。"
            line(con, outbound.code, number, **who, clause=rule, rule_id=rule, reason=reason, due_date=due, track="H" if outbound.code == "O02" else "T")  # fmt: skip
        insert(con, "person_card", person_id=f"P{number}", address=ADDRESS, owner=OWNER, hukou_address=ADDRESS)
    con.execute("update open_link set name = ?, id_number = ?", [NAME, NUMBER])
    con.execute("update person_now set name = ?, id_number = ?", [NAME, NUMBER])
    con.execute("update ledger_entry set name = ?, id_number = ?", [NAME, NUMBER])
    con.execute("insert into open_link by name select * replace ('disability_certificate' as kind, '残疾待核' as cause, question || 'x' as question) from open_link")  # fmt: skip
    con.execute("insert into match_log by name select * replace ('low_income' as kind, '困难比对' as cause, 'd9' as delivery_id) from match_log")  # fmt: skip


def written(root: Path, readers: Mapping[str, Reader]) -> dict[str, str]:
    """Each file with all its text: cells run together as they are read, every other part of the workbook as it is."""
    con = town()
    plant(con)
    paths = build_workbooks(con, NIGHT, root, Profile(rows_per_sheet=2, readers=readers))
    assert {p for p in root.rglob("*") if p.is_file()} == set(paths)
    return {p.relative_to(root).as_posix(): text_of(p) for p in paths}


def text_of(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as file:
        parts = [file.read(name).decode() for name in file.namelist()]
    # Runs of one cell are one text, two cells are two.
    return "\n".join(re.sub(r"<[^>]+>", "", re.sub(r"</(c|si|v)>", "\n", part)) + part for part in parts)


def banned(reader: Reader) -> list[str]:
    """What may stand in no file of this reader."""
    words: list[str] = []
    if reader.names != "full":
        words += [NAME, NAME[1:], OWNER, OWNER[1:]]
    if reader.names == "none":
        words += [NAME[0], OWNER[0]]
    if reader.id_number != "full":
        words += [*BIRTH, NUMBER]
    if reader.id_number == "none":
        words += [NUMBER[:6], NUMBER[-4:]]
    if reader.phone != "full":
        words += [PHONE, PHONE[3:7]]
    if reader.phone == "none":
        words += [PHONE[-4:]]
    if reader.address != "full":
        words += ["77号"]
    if reader.address == "none":
        words += [ADDRESS[:3]]
    words += [] if reader.hardship else ["困难一句", "困难比对", "新余市就业困难人员认定申请表"]
    words += [] if reader.disability else ["残疾一句", "残疾待核"]
    return words


PROFILES = {**READERS, "strict": STRICT, "centre": replace(READERS["centre"], id_number="full")}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Every workbook as each profile would read it, whoever it is for."""
    root = tmp_path_factory.mktemp("readers")
    return {n: written(root / n, dict.fromkeys(READERS, reader)) for n, reader in PROFILES.items()}


@pytest.mark.parametrize("name", PROFILES)
def test_no_file_holds_what_its_reader_may_not_see(name: str, files: dict[str, dict[str, str]]) -> None:
    found = {path: [n for n, word in enumerate(banned(PROFILES[name])) if word in text] for path, text in files[name].items()}  # fmt: skip
    assert not {path: places for path, places in found.items() if places}


@pytest.mark.parametrize("name", PROFILES)
def test_all_files_together_say_no_more(name: str, files: dict[str, dict[str, str]]) -> None:
    """Whoever lays every file of one reader side by side finds no number that one mask hides and another shows."""
    reader = PROFILES[name]
    together = "\n".join(files[name].values())
    shown = set(re.findall(r"1501\d{2}[\d*]{8,}[\dX]", together)) | set(re.findall(r"15[\d*]{6,}34", together))
    assert all(len(set(column) - {"*"}) <= 1 for column in zip(*[s for s in shown if len(s) == 18], strict=True))
    open_places = [n for n in range(18) for s in shown if len(s) == 18 and s[n] != "*"]
    assert (reader.id_number == "full") or not set(open_places) & set(range(6, 14))


def test_what_may_be_seen_is_there(files: dict[str, dict[str, str]]) -> None:
    """The test above cannot pass by writing nothing."""
    officer = "\n".join(files["officer"].values())
    assert all(word in officer for word in (NAME, OWNER, PHONE, ADDRESS, "150102********1234", *SAYS.values(), "困难比对", "残疾待核"))  # fmt: skip
    assert NUMBER in "\n".join(files["centre"].values())
    assert "平常一句" in "\n".join(files["public"].values())
    assert NAME[0] + "**" in "\n".join(files["strict"].values()) and "139****4321" in "\n".join(
        files["strict"].values()
    )
    assert any(path.endswith(".csv") for path in files["public"])


def test_books_that_only_tell_of_hardship_are_not_written_for_others(files: dict[str, dict[str, str]]) -> None:
    telling = tuple(start for start in TELLING if not start.startswith("月报"))
    assert not [path for path in files["public"] if path.startswith(telling)]
    assert [path for path in files["officer"] if path.startswith(telling)]


def test_every_column_that_names_somebody_is_known_to_hold_it() -> None:
    heads = re.compile("姓名|证件号码|联系电话|地址|责任人|联系人|服务人员|核实人")
    blank = {"officer", "checked_by"}  # left for the reader to fill in
    loose = {(s.name, c.field) for _, _, sheets in BOOKS for s in sheets for c in s.columns if heads.search(c.header)}
    counts = {"重复", "valid_share", "valid_before"}
    assert {field for _, field in loose} - set(HOLDS) - blank - counts == set()


def test_every_book_has_one_reader() -> None:
    assert READ_BY[-1][0] == "" and {reader for _, reader in READ_BY} == set(READERS)


def test_settings_change_one_value_beside_its_default() -> None:
    readers = read_readers({"town": {"phone": "masked"}, "auditor": {"disability": False}}, False)
    assert readers["town"] == replace(READERS["town"], phone="masked") and not readers["auditor"].disability
    assert readers["public"] == READERS["public"]


def test_whole_numbers_are_for_the_centre_alone() -> None:
    readers = read_readers({}, True)
    assert [name for name, reader in readers.items() if reader.id_number == "full"] == ["centre"]


@pytest.mark.parametrize(
    "given",
    [
        {"mayor": {}},
        {"town": {"phones": "none"}},
        {"town": {"phone": "some"}},
        {"town": {"hardship": "no"}},
        {"town": 3},
    ],
    ids=["no such profile", "no such value", "no such mask", "not a switch", "not a table"],
)
def test_settings_that_cannot_be_meant_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="readers"):
        read_readers(given, False)


@pytest.mark.parametrize(
    ("pack", "rule_id", "hardship"),
    [
        ("jining", "JN-1.3:hardship", True),
        ("neimenggu", "NM-3.2:hired", False),
        ("zhongshan", "ZS-3.1.1a", False),
        ("jining", "JN-2.4", False),
    ],
)
def test_what_a_rule_gives_away(pack: str, rule_id: str, hardship: bool) -> None:
    rules = read_rules(pack)[1]
    rule = rules.get(rule_id) or next(r for r in rules.values() if r.clause == rule_id.split(":")[0])
    assert tells(rule)["hardship"] == hardship


def test_whatever_recognises_somebody_tells_of_hardship() -> None:
    for pack in PACKS.glob("*/pack.toml"):
        for rule in read_rules(pack.parent.name)[1].values():
            told = tells(rule)
            assert told["hardship"] or rule.finds["track"] != "H", rule.id
            assert told["disability"] or "certificate" not in (*rule.proof, *rule.proof_any), rule.id
