"""What can happen to files between an office and us: late, again, partial, corrected, of a wrong period, taken back, in an
archive, on several sheets; and what the night makes of each. All people are invented."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.files.recording import require_totals
from flows.who import put_down
from ledger.verify import verify
from schemas.errors import IntegrityError
from tests.light_nights import LightTown
from tests.nightshift import Night, Someone, Town
from tests.unjudged_nights import UnjudgedTown

STOPS, DEATHS, AID = "社保停保", "死亡", "低保低收入"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Nights that end when the files are in."""
    return LightTown.found(tmp_path / "ws", "zhongshan")


@pytest.fixture
def linked(tmp_path: Path) -> Town:
    """Nights that end when it is known who is who, and are sealed."""
    return UnjudgedTown.found(tmp_path / "ws", "zhongshan")


@pytest.fixture
def whole(tmp_path: Path) -> Town:
    """Nights that go on to the ledger."""
    return Town.found(tmp_path / "ws", "zhongshan")


def people(town: Town, count: int) -> list[Someone]:
    return [town.person(f"1980-01-{day + 1:02d}") for day in range(count)]


def stopped(who: Someone, day: str, reason: str = "合同期满", **more: str) -> dict[str, str]:
    row = {
        "姓名": who.name,
        "证件号码": who.number,
        "险种": "失业",
        "停保原因": reason,
        "停保日期": day,
        "单位名称": "甲厂",
        "最后缴费年月": day[:7],
    }
    return row | more


def died(who: Someone, day: str) -> dict[str, str]:
    return {"姓名": who.name, "证件号码": who.number, "死亡日期": day, "数据来源": "民政"}


def configure(town: Town, text: str) -> None:
    path = town.workspace.root / "zhaoren.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def only(night: Night) -> dict[str, Any]:
    rows = night.rows("delivery")
    assert len(rows) == 1, [r["reason"] for r in rows]
    return rows[0]


def standing(town: Town, kind: str, column: str) -> list[Any]:
    return [r[column] for r in town.ask(f"select {column} from standing_{kind} order by all")]


def sheets(path: Path, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        headers = list(rows[0]) if rows else []
        for row in [headers, *([r.get(h, "") for h in headers] for r in rows)]:
            sheet.append(row)
    book.save(path)
    return path


class TestLate:
    def test_a_late_delta_does_not_undo_a_newer_one(self, town: Town) -> None:
        (who,) = people(town, 1)
        town.deliver(STOPS, "2024-06-20", "增量", [stopped(who, "2024-06-01", "个人辞职")])
        town.run("2024-06-20")
        town.deliver(STOPS, "2024-06-10", "增量", [stopped(who, "2024-06-01", "合同期满")])
        late = town.run("2024-06-21")
        assert only(late)["status"] == "accepted"
        assert standing(town, "insurance_stop", "stop_reason") == ["个人辞职"]
        assert [e["cause"] for e in late.rows("ended")] == ["late"]

    def test_a_late_full_snapshot_does_not_end_what_a_newer_delta_brought(self, town: Town) -> None:
        old, new = people(town, 2)
        town.deliver(STOPS, "2024-06-20", "增量", [stopped(new, "2024-06-18")])
        town.run("2024-06-20")
        town.deliver(STOPS, "2024-06-10", "全量", [stopped(old, "2024-06-01")])
        town.run("2024-06-21")
        assert len(standing(town, "insurance_stop", "record_id")) == 2

    def test_what_a_newer_delta_says_again_stands_against_a_late_full_snapshot(self, town: Town) -> None:
        first, second = people(town, 2)
        town.deliver(STOPS, "2024-06-01", "增量", [stopped(first, "2024-06-01")])
        town.run("2024-06-01")
        town.deliver(STOPS, "2024-06-20", "增量", [stopped(first, "2024-06-01"), stopped(second, "2024-06-02")])
        town.run("2024-06-20")
        town.deliver(STOPS, "2024-06-10", "全量", [stopped(second, "2024-06-02")])
        town.run("2024-06-21")
        assert len(standing(town, "insurance_stop", "record_id")) == 2

    def test_a_late_row_does_not_undo_a_correction_that_came_on_the_day_it_was_last_told(self, town: Town) -> None:
        (who,) = people(town, 1)
        first, corrected = stopped(who, "2024-06-01", "合同期满"), stopped(who, "2024-06-01", "个人辞职")
        town.deliver(STOPS, "2024-06-11", "增量", [first])
        town.run("2024-06-11")
        town.deliver(STOPS, "2024-06-12", "增量", [first, stopped(who, "2024-05-01")], "1")
        town.deliver(STOPS, "2024-06-12", "增量", [corrected], "2")
        town.run("2024-06-12")
        town.deliver(STOPS, "2024-06-10", "增量", [first, stopped(who, "2024-04-01")])
        assert [e["cause"] for e in town.run("2024-06-13").rows("ended")] == ["late"]
        assert "个人辞职" in standing(town, "insurance_stop", "stop_reason")

    @pytest.mark.parametrize(("day", "status"), [("2024-06-30", "accepted"), ("2024-07-01", "held")])
    def test_data_of_a_day_to_come_wait(self, town: Town, day: str, status: str) -> None:
        town.deliver(STOPS, day, "全量", [stopped(people(town, 1)[0], "2024-06-01")])
        night = town.run("2024-06-30")
        assert only(night)["status"] == status
        assert night.outcome.exit_code == (0 if status == "accepted" else 3)

    def test_held_content_is_taken_in_when_its_day_has_come(self, town: Town) -> None:
        row = stopped(people(town, 1)[0], "2024-06-01")
        town.deliver(STOPS, "2024-07-01", "全量", [row])
        town.run("2024-06-30")
        town.deliver(STOPS, "2024-07-01", "全量", [row])
        assert only(town.run("2024-07-01"))["status"] == "accepted"

    @pytest.mark.parametrize(("day", "late"), [("2024-06-08", 0), ("2024-06-09", 1), ("2024-06-11", 3)])
    def test_a_source_is_late_from_the_day_after_it_was_due(self, linked: Town, day: str, late: int) -> None:
        configure(linked, "\n[sources.insurance_stop]\ndays = 7\n")
        linked.deliver(STOPS, "2024-06-01", "全量", [stopped(people(linked, 1)[0], "2024-05-01")])
        linked.run("2024-06-01")
        night = linked.run(day)
        assert night.manifest["barred"] == (["insurance_stop"] if late else [])
        assert [s["days_late"] for s in night.rows("scorecard")] == ([late] if late else [])


class TestAgain:
    def test_a_file_sent_again_for_its_period_tells_the_difference(self, town: Town) -> None:
        one, two, three, four = people(town, 4)
        town.deliver(
            DEATHS, "2024-06-30", "全量", [died(one, "2024-06-01"), died(two, "2024-06-02"), died(three, "2024-06-03")]
        )
        town.run("2024-06-30")
        again = [died(one, "2024-06-01"), died(two, "2024-06-12"), died(four, "2024-06-04")]
        town.deliver(DEATHS, "2024-06-30", "全量", again, note="更正")
        night = town.run("2024-07-01")
        told = [n["message"] for n in night.rows("notice") if n["check"] == "resent"]
        assert told == ["同一期的数据重新报送，以本次为准：新增 1 行，更正 1 行，撤去 1 行。"]
        assert sorted(e["cause"] for e in night.rows("ended")) == ["corrected", "vanished"]

    def test_a_column_more_changes_only_the_rows_that_fill_it(self, town: Town) -> None:
        one, two = people(town, 2)
        rows = [died(one, "2024-06-01"), died(two, "2024-06-02")]
        town.deliver(DEATHS, "2024-06-30", "全量", rows)
        town.run("2024-06-30")
        for note, filled, corrected in (("加列", "", 0), ("备注", "已核", 1)):
            town.deliver(DEATHS, "2024-06-30", "全量", [rows[0] | {"备考": ""}, rows[1] | {"备考": filled}], note)
            night = town.run("2024-07-01")
            (told,) = [n["message"] for n in night.rows("notice") if n["check"] == "resent"]
            assert (
                told.endswith(f"新增 0 行，更正 {corrected} 行，撤去 0 行。") and len(night.rows("ended")) == corrected
            )

    def test_repeated_rows_count_once_and_are_told(self, town: Town) -> None:
        row = died(people(town, 1)[0], "2024-06-01")
        town.deliver(DEATHS, "2024-06-30", "全量", [row, row, row])
        night = town.run("2024-06-30")
        assert (only(night)["rows"], only(night)["unchanged"]) == (3, 2)
        assert [n["rows"] for n in night.rows("notice") if n["check"] == "repeated"] == [2]

    @pytest.mark.parametrize(
        ("told", "gone"),
        [
            pytest.param((0, 1, 1), 1, id="one told twice, one gone"),
            pytest.param((0, 1, 3), 1, id="one new, one gone"),
            pytest.param((0, 1, 1, 2), 0, id="one told twice, none gone"),
            pytest.param((0, 1, 2, 3), 0, id="one new, none gone"),
            pytest.param((0, 3, 3), 2, id="one new told twice, two gone"),
        ],
    )
    def test_as_many_rows_as_stand_may_still_lack_one(self, told: tuple[int, ...], gone: int, town: Town) -> None:
        rows = [died(who, f"2024-05-0{n}") for n, who in enumerate(people(town, 4), 1)]
        town.deliver(DEATHS, "2024-06-01", "全量", rows[:3])
        town.run("2024-06-01")
        town.deliver(DEATHS, "2024-06-02", "全量", [rows[n] for n in told])
        night = town.run("2024-06-02")
        assert [e["cause"] for e in night.rows("ended")] == ["vanished"] * gone
        assert len(standing(town, "death", "record_id")) == len(set(told))

    def test_a_swollen_snapshot_is_held(self, town: Town) -> None:
        configure(town, "\n[sources.death]\ngrow_rows = 5\ngrow_times = 2\n")
        folk = people(town, 9)
        town.deliver(DEATHS, "2024-06-29", "全量", [died(w, "2024-06-01") for w in folk[:3]])
        town.run("2024-06-29")
        town.deliver(DEATHS, "2024-06-30", "全量", [died(w, "2024-06-01") for w in folk])
        night = town.run("2024-06-30")
        assert only(night)["status"] == "held" and "9 行，上次为 3 行" in only(night)["reason"]

    def test_a_register_that_did_not_change_is_as_new_as_its_last_delivery(self, linked: Town) -> None:
        configure(linked, "\n[sources.death]\ndays = 7\n")
        row = died(people(linked, 1)[0], "2024-05-01")
        for day in ("2024-06-01", "2024-06-08"):
            linked.deliver(DEATHS, day, "全量", [row])
            night = linked.run(day)
        assert only(night)["status"] == "duplicate" and "没有变化" in only(night)["reason"]
        assert linked.run("2024-06-15").manifest["barred"] == []  # due on this day
        linked.deliver(DEATHS, "2024-06-07", "全量", [died(people(linked, 1)[0], "2024-05-02")])
        assert only(linked.run("2024-06-15"))["status"] == "refused"  # older than what was said on the eighth

    def test_a_full_snapshot_said_again_after_a_delta_takes_the_delta_back(self, town: Town) -> None:
        one, two = people(town, 2)
        town.deliver(DEATHS, "2024-06-01", "全量", [died(one, "2024-05-01")])
        town.run("2024-06-01")
        told = standing(town, "death", "record_id")
        town.deliver(DEATHS, "2024-06-02", "增量", [died(one, "2024-05-11"), died(two, "2024-05-02")])
        town.run("2024-06-02")
        assert len(standing(town, "death", "record_id")) == 2
        town.deliver(DEATHS, "2024-06-03", "全量", [died(one, "2024-05-01")])
        assert only(town.run("2024-06-03"))["status"] == "accepted"
        assert standing(town, "death", "record_id") == told


class TestTakenBack:
    def withdraw(self, town: Town, delivery: str, name: str = "撤回") -> None:
        path = town.workspace.inbox / f"{name}.manifest.json"
        path.write_text(json.dumps({"withdraws": delivery}), encoding="utf-8")

    def test_a_delta_taken_back_leaves_things_as_they_were(self, whole: Town) -> None:
        one, two = people(whole, 2)
        whole.deliver(STOPS, "2024-06-01", "增量", [stopped(one, "2024-01-31", "合同期满")])
        before = whole.run("2024-06-01")
        told = standing(whole, "insurance_stop", "record_id")
        whole.deliver(STOPS, "2024-06-02", "增量", [stopped(one, "2024-01-31", "退休"), stopped(two, "2024-02-29")])
        wrong = only(whole.run("2024-06-02"))["delivery_id"]
        self.withdraw(whole, wrong)
        night = whole.run("2024-06-03")
        assert standing(whole, "insurance_stop", "record_id") == told
        assert "2 行撤回，1 行恢复" in only(night)["reason"]
        assert {e["op"] for e in night.entries() if e["name"] == two.name} <= {"WITHDRAW", "UPD", "REVIEW"}
        assert before.entries()  # something had been said of them

    def test_a_full_snapshot_taken_back_brings_back_what_it_had_ended(self, town: Town) -> None:
        one, two = people(town, 2)
        town.deliver(DEATHS, "2024-06-01", "全量", [died(one, "2024-05-01"), died(two, "2024-05-02")])
        town.run("2024-06-01")
        told = standing(town, "death", "record_id")
        town.deliver(DEATHS, "2024-06-02", "全量", [died(one, "2024-05-11")])
        wrong = only(town.run("2024-06-02"))["delivery_id"]
        self.withdraw(town, wrong)
        town.run("2024-06-03")
        assert standing(town, "death", "record_id") == told

    def test_a_newer_full_snapshot_has_the_last_word(self, town: Town) -> None:
        (one,) = people(town, 1)
        for day in ("2024-06-01", "2024-06-02"):
            town.deliver(DEATHS, day, "全量", [died(one, f"2024-05-{day[-2:]}")])
            town.run(day)
        first = town.ask("select delivery_id from delivery where snapshot_date = date '2024-06-01'")[0]["delivery_id"]
        told = standing(town, "death", "record_id")
        self.withdraw(town, first)
        assert "0 行撤回，0 行恢复" in only(town.run("2024-06-03"))["reason"]
        assert standing(town, "death", "record_id") == told

    def test_content_taken_back_may_come_again(self, town: Town) -> None:
        row = died(people(town, 1)[0], "2024-05-01")
        town.deliver(DEATHS, "2024-06-01", "增量", [row])
        self.withdraw(town, only(town.run("2024-06-01"))["delivery_id"])
        town.run("2024-06-02")
        assert standing(town, "death", "record_id") == []
        town.deliver(DEATHS, "2024-06-01", "增量", [row])
        assert only(town.run("2024-06-03"))["status"] == "accepted"
        assert len(standing(town, "death", "record_id")) == 1

    def test_what_never_came_cannot_be_taken_back(self, town: Town) -> None:
        self.withdraw(town, "0" * 64)
        night = town.run("2024-06-01")
        assert only(night)["status"] == "refused" and night.outcome.exit_code == 3


class TestManifest:
    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ({"rows": 1, "period": "2024-06"}, "accepted"),
            ({"rows": 1, "period": "2024-06-01/2024-06-30"}, "accepted"),
            ({"period": "2024-05-30"}, "accepted"),  # exported in the fortnight after
            ({"period": "2024-04"}, "refused"),
            ({"rows": 2}, "refused"),
            ({"sha256": "0" * 64}, "refused"),
            ({"kind": "死亡"}, "refused"),
            ({"rows": "1"}, "refused"),
        ],
        ids=lambda v: v if isinstance(v, str) else "_".join(v),
    )
    def test_what_a_manifest_says_must_hold(self, town: Town, said: dict[str, Any], status: str) -> None:
        path = town.deliver(STOPS, "2024-06-10", "全量", [stopped(people(town, 1)[0], "2024-05-01")])
        path.with_name(path.name + ".manifest.json").write_text(json.dumps(said), encoding="utf-8")
        assert only(town.run("2024-06-30"))["status"] == status
        assert not list(town.workspace.inbox.iterdir())


class TestSeveral:
    def test_every_sheet_with_a_header_is_read_and_rows_are_numbered_by_sheet(self, linked: Town) -> None:
        one, two, three = people(linked, 3)
        tables = {"东区": [died(one, "2024-06-01"), died(two, "2024-06-02")], "西区": [died(three, "2024-06-03")]}
        sheets(linked.workspace.inbox / "死亡_20240630_全量.xlsx", tables)
        night = linked.run("2024-06-30")
        found = {r["sheet"]: (r["rows"], r["accepted"]) for r in night.rows("delivery")}
        assert found == {"东区": (2, 2), "西区": (1, 1)}
        assert len({r["delivery_id"] for r in night.rows("delivery")}) == 2
        assert sorted((r["sheet"], r["row_no"]) for r in night.rows("match_log")) == [
            ("东区", 1),
            ("东区", 2),
            ("西区", 1),
        ]

    def test_sheets_of_one_file_are_one_snapshot(self, town: Town) -> None:
        one, two, three = people(town, 3)
        sheets(
            town.workspace.inbox / "死亡_20240629_全量.xlsx",
            {"东区": [died(one, "2024-06-01")], "西区": [died(two, "2024-06-02")]},
        )
        town.run("2024-06-29")
        sheets(
            town.workspace.inbox / "死亡_20240630_全量.xlsx",
            {"东区": [died(one, "2024-06-01")], "西区": [died(three, "2024-06-03")]},
        )
        night = town.run("2024-06-30")
        assert [e["cause"] for e in night.rows("ended")] == ["vanished"]
        assert len(standing(town, "death", "record_id")) == 2

    def test_an_archive_is_its_members(self, linked: Town) -> None:
        one, two, three = people(linked, 3)
        linked.drop("社保停保_20240630_全量_1.csv", [stopped(one, "2024-06-01")])
        linked.drop("第二部分.csv", [stopped(two, "2024-06-02")])
        linked.drop("死亡_20240629_增量.csv", [died(three, "2024-06-03")])
        files = sorted(linked.workspace.inbox.iterdir())
        archive = linked.workspace.inbox / "社保停保_20240630_全量.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in files:
                packed.write(path, path.name)
                path.unlink()
        night = linked.run("2024-06-30")
        told = {
            (r["kind"], str(r["snapshot_date"]), r["coverage"], r["rows"], r["status"]) for r in night.rows("delivery")
        }
        assert told == {
            ("insurance_stop", "2024-06-30", "full", 1, "accepted"), ("death", "2024-06-29", "delta", 1, "accepted"),
        }  # fmt: skip
        assert len(night.rows("delivery")) == 3 and not list(linked.workspace.inbox.iterdir())
        assert archive.name in {i["file_name"] for i in night.manifest["inputs"]}

    def test_rows_of_a_household_say_once_what_holds_for_all(self, town: Town) -> None:
        head, wife, other = people(town, 3)
        rows = [
            {"低保证号": "D1", "户主姓名": head.name, "户主身份证号": head.number, "与户主关系": "户主", "姓名": head.name, "证件号码": head.number},
            {"低保证号": "", "户主姓名": "", "户主身份证号": "", "与户主关系": "配偶", "姓名": wife.name, "证件号码": wife.number},
            {"低保证号": "", "户主姓名": "", "户主身份证号": "", "与户主关系": "户主", "姓名": other.name, "证件号码": other.number},
        ]  # fmt: skip
        town.deliver(AID, "2024-06-30", "全量", [r | {"救助类别": "城市低保", "起始保障年月": "202401"} for r in rows])
        town.run("2024-06-30")
        found = town.ask("select name, household_no, householder_name from standing_low_income")
        assert {r["name"]: (r["household_no"], r["householder_name"]) for r in found} == {
            head.name: ("D1", head.name), wife.name: ("D1", head.name), other.name: (None, None),
        }  # fmt: skip


class TestHabits:
    def test_an_offices_own_codes_are_read_in_its_own_sense(self, town: Town) -> None:
        (who,) = people(town, 1)
        town.deliver(STOPS, "2024-06-29", "全量", [stopped(who, "2024-06-01", "05")])
        night = town.run("2024-06-29")
        assert standing(town, "insurance_stop", "stop_reason") == ["05"]
        assert [n["rows"] for n in night.rows("notice") if n["check"] == "unknown_code"] == [1]
        configure(town, '\n[sources.insurance_stop.codes."停保原因"]\n"05" = "退休"\n')
        town.deliver(STOPS, "2024-06-30", "全量", [stopped(who, "2024-06-01", "05", 参保地="本市")])
        town.run("2024-06-30")
        assert standing(town, "insurance_stop", "stop_reason") == ["退休"]

    def test_fixed_width_is_cut_by_bytes(self, town: Town) -> None:
        (who,) = people(town, 1)
        configure(
            town, '\n[sources.death]\nfixed_width = [["姓名", 1, 10], ["证件号码", 11, 28], ["死亡日期", 29, 36]]\n'
        )
        line = who.name.encode("gb18030").ljust(10) + who.number.encode() + b"20240601\r\n"
        (town.workspace.inbox / "死亡_20240630_全量.txt").write_bytes(line)
        assert only(town.run("2024-06-30"))["accepted"] == 1
        assert standing(town, "death", "name") == [who.name]

    def test_new_and_lost_columns_are_told_against_last_time(self, town: Town) -> None:
        (who,) = people(town, 1)
        town.deliver(STOPS, "2024-06-29", "全量", [stopped(who, "2024-06-01", 经办人="甲")])
        town.run("2024-06-29")
        town.deliver(STOPS, "2024-06-30", "全量", [stopped(who, "2024-06-01", 科室="乙")])
        assert "与上次相比，少了 经办人，多了 科室" in only(town.run("2024-06-30"))["reason"]

    EXPLAINED = '\n[sources.insurance_stop.codes."停保原因"]\n"05" = "退休"\n"5" = "退休"\n'

    def test_rows_that_stand_are_read_anew_when_their_code_is_explained(self, town: Town) -> None:
        one, two, three = people(town, 3)
        rows = [stopped(one, "2024-06-01", "05"), stopped(two, "2024-06-02", "06"), stopped(one, "2024-06-01", "5")]
        town.deliver(STOPS, "2024-06-28", "全量", rows)
        town.deliver(STOPS, "2024-06-29", "增量", [stopped(three, "2024-06-03", "05")])
        town.run("2024-06-29")
        configure(town, self.EXPLAINED)
        night = town.run("2024-06-30")  # without any file
        assert standing(town, "insurance_stop", "stop_reason") == ["06", "退休", "退休"]
        assert [(e["cause"], e["kind"]) for e in night.rows("ended")] == [("recoded", "insurance_stop")] * 3
        assert sorted((n["check"], n["rows"]) for n in night.rows("notice")) == [("recoded", 1), ("recoded", 2)]
        town.deliver(STOPS, "2024-07-01", "全量", [*rows[::-1], stopped(three, "2024-06-03", "05")])
        night = town.run("2024-07-01")
        assert only(night)["unchanged"] == 4 and night.rows("ended") == []

    def test_a_file_may_be_taken_back_on_the_night_that_explains_its_codes(self, town: Town) -> None:
        one, two = people(town, 2)
        town.deliver(STOPS, "2024-06-28", "增量", [stopped(one, "2024-06-01", "06")])
        town.deliver(STOPS, "2024-06-29", "增量", [stopped(one, "2024-06-01", "05"), stopped(two, "2024-06-02", "05")])
        wrong = town.run("2024-06-29").rows("delivery")[-1]
        configure(town, self.EXPLAINED)
        path = town.workspace.inbox / "撤回.manifest.json"
        path.write_text(json.dumps({"withdraws": wrong["delivery_id"]}), encoding="utf-8")
        town.run("2024-06-30")
        assert standing(town, "insurance_stop", "stop_reason") == ["06"]

    def test_rows_that_had_ended_come_back_as_their_code_is_read_now(self, town: Town) -> None:
        one, two, three = people(town, 3)
        rows = [
            stopped(one, "2024-06-01", "05"),
            stopped(two, "2024-06-02", "合同期满"),
            stopped(three, "很久以前", "05"),
        ]
        town.deliver(STOPS, "2024-06-27", "全量", rows)
        town.deliver(STOPS, "2024-06-28", "全量", rows[1:2])
        wrong = town.run("2024-06-28").rows("delivery")[-1]
        configure(town, self.EXPLAINED)
        town.run("2024-06-29")  # the row with the code stands no more, so it is not read anew
        assert standing(town, "insurance_stop", "stop_reason") == ["合同期满"]
        TestTakenBack().withdraw(town, wrong["delivery_id"])
        night = town.run("2024-06-30")
        assert standing(town, "insurance_stop", "stop_reason") == ["合同期满", "退休"]
        assert "0 行撤回，1 行恢复" in only(night)["reason"]
        town.deliver(STOPS, "2024-07-01", "全量", rows[:2])
        night = town.run("2024-07-01")
        assert only(night)["unchanged"] == 2 and night.rows("ended") == []

    def test_what_followed_from_a_misread_code_is_taken_back(self, whole: Town) -> None:
        (who,) = people(whole, 1)
        whole.deliver(STOPS, "2024-06-29", "全量", [stopped(who, "2024-01-31", "05")])
        assert {"ADD"} < {e["op"] for e in whole.run("2024-06-29").entries()}
        configure(whole, self.EXPLAINED)
        night = whole.run("2024-06-30")  # who retired is not unemployed
        assert {e["op"] for e in night.entries()} == {"WITHDRAW"} and [r["rule"] for r in night.rows("match_log")]
        assert verify(whole.workspace.runs, whole.workspace.archive) == []


class TestScorecard:
    def test_it_counts_what_an_office_sent_and_asks_for_what_is_missing(self, linked: Town) -> None:
        one, two, three = people(linked, 3)
        rows = [stopped(one, "2024-06-01"), stopped(one, "2024-06-01"), stopped(two, "2024-06-02", "乱写"), stopped(three, "很久以前"),
                stopped(three, "2024-06-03") | {"证件号码": ""}]  # fmt: skip
        linked.deliver(STOPS, "2024-06-30", "全量", rows)
        (score,) = linked.run("2024-06-30").rows("scorecard")
        counted = ("rows", "quarantined", "repeated", "unknown_codes", "standing_rows", "valid_numbers")
        assert [score[c] for c in counted] == [5, 1, 1, 1, 3, 2]
        for part in ("1 行未接收", "1 行与同一文件中的另一行完全重复", "1 处代码", "66.7%"):
            assert part in score["resupply"]


@pytest.mark.parametrize(
    ("counts", "told", "holds"),
    [
        ((3, 2, 1, 0, 1, 0, 1, 0), 1, True),
        ((3, 2, 0, 0, 1, 0, 1, 0), 0, False),  # a row less than came
        ((3, 2, 1, 0, 1, 0, 1, 0), 0, False),  # put aside without a reason
        ((3, 2, 1, 0, 1, 0, 0, 0), 1, False),  # taken in, and then nothing
        ((0, 0, 0, 0, 0, 0, 0, 0), 0, True),
    ],
)
def test_every_row_that_came_is_accounted_for(counts: tuple[int, ...], told: int, holds: bool) -> None:
    con = duckdb.connect()
    con.execute("create table delivery (delivery_id varchar, rows int, accepted int, quarantined int, unchanged int, linked int, new_person int, not_linked int, review int)")  # fmt: skip
    con.execute("insert into delivery values ('d', ?, ?, ?, ?, ?, ?, ?, ?)", list(counts))
    con.execute("create table quarantine as select 'd' as delivery_id from range(?)", [told])
    with nullcontext() if holds else pytest.raises(IntegrityError, match="合计对不上"):
        require_totals(con)


def test_a_night_whose_rows_do_not_add_up_publishes_nothing(whole: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    whole.deliver(DEATHS, "2024-06-30", "全量", [died(people(whole, 1)[0], "2024-06-01")])
    wrong = put_down.TABLES.replace("not_linked = n.not_linked", "not_linked = n.not_linked + 1")
    monkeypatch.setattr(put_down, "TABLES", wrong)
    with pytest.raises(IntegrityError, match="合计对不上"):
        whole.run("2024-06-30")
    assert not list(whole.workspace.runs.iterdir()) and list(whole.workspace.inbox.iterdir())
