"""An answer about a delivered row that stands no more changes nothing, and whoever sent it is told so."""

import pytest

from tests.nightshift import Night, Said, death, registered
from tests.unjudged_nights import UnjudgedTown

DAYS = ("2024-06-01", "2024-06-02", "2024-06-03")
ENDS = ("corrected", "taken away")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """Deaths of namesakes; before the third night one is corrected and one no longer told; then all are answered."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("late") / "town", "zhongshan")
    for number, label in enumerate(("stands", *ENDS), start=1):
        who = town.person(f"1970-03-0{number}", "女")
        for place in ("东区", "西区"):
            other = who if place == "东区" else town.person(f"1970-03-0{number}", "女", name=who.name, area=442000)
            town.tell(other, registered("2024-05-01", 登记编号=f"{label}{place}", 镇街=place))
        town.tell(who, *_told(label, who.birth.isoformat()))
    first = town.night(DAYS[0]).rows("match_log")
    town.night(DAYS[1])
    places = [f"{m['delivery_id']}:{m['row_no']}" for m in first if m["kind"] == "death"]
    assert len(places) == 3
    rows = [{"台账流水号": place, "核查结论": "非同一人", "核查人": "张三", "审核环节": "审核", "核查日期": DAYS[2]} for place in places]  # fmt: skip
    town.deliver("核查结果", DAYS[2], "增量", rows)
    return town.night(DAYS[2])


def _told(label: str, birth: str) -> tuple[Said, ...]:
    said = {"证件号码": "", "性别": "女", "出生日期": birth}
    until = "9999" if label == "stands" else DAYS[1]
    later = (death("2024-05-21", DAYS[1], **said),) if label == "corrected" else ()
    return (death("2024-05-20", "", until, **said), *later)


def test_who_answers_about_rows_that_are_gone_is_told_how_many(answered: Night) -> None:
    (told,) = [n for n in answered.rows("notice") if n["check"] == "row_gone"]
    assert (told["rows"], told["column"]) == (len(ENDS), "台账流水号")
    (delivery,) = answered.rows("delivery")
    assert (delivery["delivery_id"], delivery["accepted"]) == (told["delivery_id"], 3)
