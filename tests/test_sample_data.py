"""The invented town: same seed same bytes, right numbers, names in their shares, truth that fits the files."""

import csv
import hashlib
import io
import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from sample_data import names, numbers
from sample_data.__main__ import make
from sample_data.cases import planted_people
from sample_data.extracts import Extract, followed, things
from sample_data.further_offices import MIXED
from sample_data.offices import PLAIN, Office
from schemas.extracts import LAYOUTS

ROOM = Path(__file__).parent.parent / "sample_data"
SMALL = ROOM / "small"
MEANT = dict(people=1500, nights=3, seed=20240629, start=date(2024, 6, 29))
ASKED = {1, 2, 14, 15, 26, 27, 28, 29, 30, 31, 33, 35, 36, 37, 39, 42, 72, 73, 74}
SHANDONG = {3, 4, 5, 6, 8, 9, 10, 17, 22, 23, 25, 50, 55, 56, 57, 58, 59, 60, 61}
XINYU = {3, 7, 8, 12, 20, 21, 25, 40, 42, 43, 44, 45, 47, 51, 52, 53, 54, 55, 71}
JINING = {41, 62, 63, 64, 65, 66, 67}
DELIVERED = set(LAYOUTS) - {"decision"}  # decisions name ledger entries, which are known only after a run


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@cache
def truth(name: str, folder: Path = SMALL) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "truth" / name).read_text(encoding="utf-8"))))


def office_of(path: Path) -> Office:
    """Which office wrote a file, by the word its name begins with."""
    word = path.name.split("_2024")[0].split("_补充")[0]
    kind = next(k for k, layout in LAYOUTS.items() if word in (k, layout.label))
    return PLAIN[kind] if "补充" in path.name else MIXED[kind]


def data_rows(path: Path) -> list[dict[str, str]]:
    """A naive reader for these files only: title and footer lines are where the office puts them."""
    office = office_of(path)
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        lines = [[str(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    else:
        text = path.read_bytes().decode(office.encoding)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=office.separator))
    lines = lines[2:] if office.title else lines
    lines = [line for line in lines if any(line)]
    lines = lines[:-2] if office.footer else lines
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, int], tuple[Office, dict[str, str]]]:
    """Every data row of the small set by file and row number."""
    found = {}
    for path in sorted(p for p in SMALL.glob("night-*/*") if not p.name.endswith(".json")):
        for at, row in enumerate(data_rows(path), 1):
            found[f"{path.parent.name}/{path.name}", at] = office_of(path), row
    return found


def test_the_committed_set_is_what_the_command_makes(tmp_path: Path) -> None:
    make(tmp_path / "set", **MEANT)  # type: ignore[arg-type]
    assert files(tmp_path / "set") == files(SMALL)


def test_the_committed_set_is_small() -> None:
    assert sum(map(len, files(SMALL).values())) < 1_300_000


def test_every_kind_is_delivered_on_the_first_night() -> None:
    first = {office_of(Path(r["file"])).kind for r in truth("files.csv") if r["file"].startswith("night-1")}
    assert first == DELIVERED == set(MIXED)


def test_a_row_about_nobody_has_no_true_person() -> None:
    about_nobody = {
        r["truth_id"] for r in truth("rows.csv") if LAYOUTS[office_of(Path(r["file"])).kind].who != "person"
    }
    assert about_nobody == {""}


def test_another_seed_gives_another_town_with_the_same_planted_people(tmp_path: Path) -> None:
    make(tmp_path, **(MEANT | {"people": 300, "seed": 5}))  # type: ignore[arg-type]
    theirs, ours = ({r["truth_id"]: r for r in truth("people.csv", folder)} for folder in (tmp_path, SMALL))
    assert theirs["T0000001"] != ours["T0000001"]
    assert theirs["C27a"] == ours["C27a"]


def test_truth_names_every_row_of_every_file(rows: dict[tuple[str, int], tuple[Office, dict[str, str]]]) -> None:
    told = {(r["file"], int(r["row_no"])) for r in truth("rows.csv")}
    assert told == set(rows)
    counts = Counter(file for file, _ in rows)
    assert {r["file"]: int(r["rows"]) for r in truth("files.csv")} == counts


def test_undamaged_rows_carry_the_true_name_and_number(
    rows: dict[tuple[str, int], tuple[Office, dict[str, str]]],
) -> None:
    people = {r["truth_id"]: r for r in truth("people.csv")}
    for line in truth("rows.csv"):
        office, row = rows[line["file"], int(line["row_no"])]
        if LAYOUTS[office.kind].who != "person":
            continue
        if "id_number" not in line["damage"]:
            assert numbers.is_valid(row[office.header("id_number")]), line
        if line["truth_id"] and "id_number" not in line["damage"]:
            assert row[office.header("id_number")] == people[line["truth_id"]]["id_number"], line
        if line["truth_id"] and "name" not in line["damage"]:
            assert row[office.header("name")] == people[line["truth_id"]]["name"], line


def test_damaged_cells_differ_from_the_truth(rows: dict[tuple[str, int], tuple[Office, dict[str, str]]]) -> None:
    people = {r["truth_id"]: r for r in truth("people.csv")}
    for line in (r for r in truth("rows.csv") if "id_number:" in r["damage"] and r["truth_id"]):
        office, row = rows[line["file"], int(line["row_no"])]
        assert row[office.header("id_number")] != people[line["truth_id"]]["id_number"], line


def test_everybody_has_a_valid_number_of_their_own_that_fits_birth_and_sex() -> None:
    people = truth("people.csv")
    assert len({p["id_number"] for p in people}) == len(people)
    for p in people:
        assert numbers.is_valid(p["id_number"])
        assert p["id_number"][6:14] == p["birth_date"].replace("-", "")
        assert int(p["id_number"][16]) % 2 == (p["sex"] == "男")
        assert p["id_number"][4:6] == "99" or p["id_number"].startswith(("81", "82", "83")), p


def test_strangers_stand_in_registers_only() -> None:
    kinds = {office_of(Path(r["file"])).kind for r in truth("rows.csv") if not r["truth_id"]}
    assert "insurance_active" in kinds and not any(LAYOUTS[kind].adds_people for kind in kinds)


def test_headers_are_unambiguous_and_declared() -> None:
    for office in MIXED.values():
        headers = [office.header(c.field) for c in LAYOUTS[office.kind].columns]
        assert len(headers) == len(set(headers)), office.kind


def test_manifests_say_what_was_sent() -> None:
    sidecars = list(SMALL.glob("night-*/*.manifest.json"))
    assert sidecars
    for sidecar in sidecars:
        path, said = sidecar.with_name(sidecar.name.removesuffix(".manifest.json")), json.loads(sidecar.read_text())
        assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert said["rows"] == len(data_rows(path))


def test_one_file_of_the_small_set_is_to_be_refused() -> None:
    refused = [r["file"] for r in truth("files.csv") if r["expected"] == "refused"]
    assert refused == ["night-2/低保低收入_补充名单.csv"]


def test_every_planted_case_is_told_and_written_down() -> None:
    told = {r["truth_id"] for r in truth("rows.csv")}
    answers = truth("planted.csv")
    assert {r["truth_id"] for r in answers} <= told
    assert {p.key for p in planted_people(date(2024, 6, 29))} <= told
    assert {int(r["case"]) for r in answers} >= ASKED
    for pack, asked in (("shandong", SHANDONG), ("xinyu", XINYU), ("jining", JINING)):
        assert {int(r["case"]) for r in answers if r["pack"] == pack} >= asked, pack
    readme = (ROOM / "README.md").read_text(encoding="utf-8")
    assert all(f"| {r['case']} |" in readme for r in answers)


def test_the_scenario_dates_fall_on_the_nights_of_the_small_set() -> None:
    people = {p.key: p for p in planted_people(date(2024, 6, 29))}
    assert people["C01a"].birth == date(1984, 6, 30)
    assert people["C02a"].birth == date(1984, 7, 1)
    assert people["C27a"].rows[0].fields["last_paid_month"] == date(2024, 4, 1)
    assert people["C27a"].rows[1].fields["start_month"] == date(2024, 6, 1)
    assert people["C17a"].rows[0].fields["reg_date"] == date(2023, 12, 30)
    assert people["C42a"].rows[1].fields["start_date"] == date(2024, 7, 1)


LATER_DATES = (
    ("C04a", "unemployment_registration", "reg_date", date(2023, 12, 30)),
    ("C05a", "unemployment_registration", "reg_date", date(2023, 12, 31)),
    ("C05c", "unemployment_registration", "reg_date", date(2024, 1, 1)),
    ("C06a", "insurance_stop", "last_paid_month", date(2023, 11, 1)),
    ("C09a", "household_register", "residence_start", date(2023, 12, 30)),
    ("C20a", "disability_certificate", "valid_to", date(2024, 6, 30)),
    ("C22a", "disability_certificate", "valid_to", date(2024, 5, 31)),
    ("C25c", "low_income", "end_month", date(2024, 5, 1)),
    ("C43a", "death", "death_date", date(2024, 6, 12)),
    ("C45c", "imprisonment", "custody_start", date(2024, 6, 15)),
    ("C47a", "service_log", "service_date", date(2023, 12, 30)),
    ("C51a", "hardship_recognition", "exit_date", date(2024, 3, 31)),
    ("C51e", "hardship_recognition", "exit_date", date(2023, 11, 30)),
    ("C53a", "hardship_recognition", "recognised_date", date(2024, 5, 31)),
    ("C57a", "marriage", "child_birth", date(2006, 7, 1)),
    ("C59a", "unemployment_registration", "reg_date", date(2023, 6, 30)),
    ("C65a", "education", "leave_date", date(2022, 6, 30)),
    ("C66a", "training", "pass_date", date(2024, 4, 30)),
)  # fmt: skip


@pytest.mark.parametrize(("key", "kind", "field", "day"), LATER_DATES, ids=[d[0] for d in LATER_DATES])
def test_the_later_scenarios_are_right_to_the_day(key: str, kind: str, field: str, day: date) -> None:
    one = next(p for p in planted_people(date(2024, 6, 29)) if p.key == key)
    assert next(r.fields[field] for r in one.rows if r.kind == kind) == day


FACTS = ("stop_date", "reg_date", "death_date", "start_month", "founded_date", "service_date", "recognised_date", "exit_date", "event_date",
         "custody_start", "lost_date", "paid_date", "pass_date", "cancel_date", "leave_date", "from_date")  # fmt: skip


@pytest.mark.parametrize("start", [date(2024, 2, 27), date(2024, 6, 29), date(2024, 12, 30), date(2025, 6, 14)])
def test_planted_facts_are_never_told_before_they_happen(start: date) -> None:
    for person in planted_people(start):
        for row in (r for r in person.rows if r.kind != "pension"):
            known = date.fromordinal(start.toordinal() + row.night - 1)
            for fact in FACTS:
                assert (row.fields.get(fact) or known) <= known, (person.key, fact)


def test_rows_of_later_scenarios_move_no_other_row() -> None:
    def posts(*names: str) -> Extract:
        return things("vacancy", len(names), vacancy_no=np.array(names))

    first = posts("GW1", "GW2")
    first.overrides["vacancy_no"] = {1: "GW 2"}
    both = followed(first, posts("GW9"))
    assert both.rows.column("vacancy_no").to_pylist() == ["GW1", "GW2", "GW9"]
    assert (both.overrides, both.late) == (first.overrides, 1)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """The drawn rows of the first night by label, nothing damaged."""
    folder = tmp_path_factory.mktemp("plain")
    make(folder, formats="plain", damage_rate=0, **(MEANT | {"people": 3000, "nights": 1}))  # type: ignore[arg-type]
    files = {p.name.split("_2024")[0]: p.read_text(encoding="utf-8") for p in folder.glob("night-1/*")}
    found = {label: list(csv.DictReader(io.StringIO(text))) for label, text in files.items()}
    return {label: [r for r in told if not r.get("证件号码", "").startswith("150899")] for label, told in found.items()}


def test_households_fit_their_aid_and_their_children(plain: dict[str, list[dict[str, str]]]) -> None:
    book = {r["证件号码"]: r for r in plain["户籍"]}
    for row in plain["低保低收入"]:
        kind = {"城市低保": "城镇", "农村低保": "农村"}.get(row["救助类别"])
        assert kind in (None, book[row["证件号码"]]["户籍性质"])
        assert book[row["证件号码"]]["户号"] == book[row["户主身份证号"]]["户号"]
    cared = [r for r in plain["婚姻登记"] if r["抚养子女证件号码"]]
    assert {r["婚姻状况"] for r in cared} >= {"离婚", "未婚"}
    for row in cared:
        child = book[row["抚养子女证件号码"]]
        assert (child["户号"], child["出生日期"]) == (book[row["证件号码"]]["户号"], row["抚养子女出生日期"])


def test_registered_jobs_are_the_insured_ones(plain: dict[str, list[dict[str, str]]]) -> None:
    spells = {(r["证件号码"], r["单位名称"], r["参保起始年月"]) for r in plain["社保参保"]}
    stopped = {(r["证件号码"], r["单位名称"], r["停保日期"]) for r in plain["社保停保"]}
    jobs = [r for r in plain["就业登记"] if r["就业形式"] == "单位就业"]
    assert any(r["终止日期"] for r in jobs) and any(not r["终止日期"] for r in jobs)
    for row in jobs:
        if row["终止日期"]:
            assert (row["证件号码"], row["单位名称"], row["终止日期"]) in stopped
        else:
            assert (row["证件号码"], row["单位名称"], row["就业日期"][:7]) in spells


def test_help_goes_to_recognised_people(plain: dict[str, list[dict[str, str]]]) -> None:
    recognised = {r["证件号码"]: r for r in plain["就业困难人员认定"]}
    posts = {r["证件号码"] for r in plain["公益性岗位"]}
    insured = [r for r in plain["补贴发放"] if r["补贴项目"] in ("灵活就业社保补贴", "单位社保补贴", "公益性岗位补贴")]
    assert insured and posts <= set(recognised)
    for row in insured:
        assert recognised[row["证件号码"]]["认定日期"][:7] < row["补贴起始年月"] <= row["补贴终止年月"]
        assert row["补贴项目"] != "公益性岗位补贴" or row["证件号码"] in posts


def test_a_fourth_night_brings_a_shrunken_register(tmp_path: Path) -> None:
    counts = make(tmp_path, **(MEANT | {"people": 300, "nights": 4}))  # type: ignore[arg-type]
    assert counts["night-4/市场主体_20240702_全量.tsv"] < 0.4 * counts["night-1/市场主体_20240629_全量.tsv"]
    assert [r["expected"] for r in truth("files.csv", tmp_path)].count("held") == 1


def test_plain_sets_are_utf8_csv_and_later_nights_can_be_whole(tmp_path: Path) -> None:
    counts = make(tmp_path, formats="plain", later="full", **(MEANT | {"people": 300}))  # type: ignore[arg-type]
    assert len(counts) == 3 * len(DELIVERED)
    for file in counts:
        assert file.endswith("_全量.csv")
        first = LAYOUTS[office_of(tmp_path / file).kind].columns[0].header
        assert (tmp_path / file).read_text(encoding="utf-8").startswith(first)


def test_top_surnames_are_near_their_shares() -> None:
    drawn = Counter(names.surnames(np.random.default_rng(1), 200_000).tolist())
    for surname, share in list(names.surname_shares().items())[:20]:
        assert drawn[surname] / 200_000 == pytest.approx(share, rel=0.08), surname
    assert sum(drawn[s] for s in names.compound_surnames()) / 200_000 == pytest.approx(0.001, rel=0.5)


def test_given_names_follow_the_decade() -> None:
    year, male = np.full(50_000, 1965), np.zeros(50_000, dtype=bool)
    sixties = names.given_names(np.random.default_rng(1), year, male)
    nineties = names.given_names(np.random.default_rng(1), year + 30, male)
    assert np.mean(np.strings.str_len(sixties) == 1) == pytest.approx(0.076, abs=0.03)
    assert np.mean(np.strings.str_len(nineties) == 1) == pytest.approx(0.25, abs=0.06)
    assert "桂英" in sixties and "桂英" not in nineties


def test_numbers_agree_with_published_examples() -> None:
    assert numbers.identity_number(150102, date(1985, 7, 4), 321) == "150102198507043219"
    assert numbers.identity_number(810000, date(1985, 7, 4), 321) == "810000198507043219"
    assert numbers.identity_number(512301, date(1960, 2, 29), 14) == "512301196002290147"
    assert numbers.is_valid("11010519491231002X") and not numbers.is_valid("110105194912310021")
    assert not numbers.is_valid("150102198502303219")
    one = np.array(["150102198507043219"])
    assert (
        numbers.disability_numbers(one, np.array([4]), np.array([3]), np.array([True]))[0] == "15010219850704321943B1"
    )


@pytest.mark.parametrize("code", [91, 92, 93])
def test_credit_codes_have_right_check_characters(code: int) -> None:
    for text in numbers.credit_codes(np.array([0, 77, 29_000_000]), np.full(3, code)):
        values = [numbers.ALPHABET_31.index(c) for c in text]
        assert sum(v * pow(3, i, 31) for i, v in enumerate(values[:17])) % 31 == (31 - values[17]) % 31
        organisation = [numbers.ALPHABET_36.index(c) for c in text[8:16]]
        rest = 11 - sum(v * w for v, w in zip(organisation, numbers.ORG_WEIGHTS, strict=True)) % 11
        assert text[16] == {10: "X", 11: "0"}.get(rest, str(rest))


def test_register_numbers_have_right_check_digits() -> None:
    for text in numbers.register_numbers(np.arange(50)):
        rest = 10
        for digit in text[:14]:
            rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
        assert (rest + int(text[14])) % 10 == 1
