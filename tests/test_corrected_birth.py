"""Whose document does not tell birth date and sex has them from the rosters: what these say last holds."""

from dataclasses import replace

import pytest

from tests.nightshift import Town, brief, stop

MAY31, JUN20, JUN28, JUL01 = "2024-05-31", "2024-06-20", "2024-06-28", "2024-07-01"
OF_40, OF_39 = {"出生日期": "1984-05-05", "性别": "男"}, {"出生日期": "1985-05-05", "性别": "男"}
IN, OUT = "L ADD ZS-3.1.1a stoppage", "L WITHDRAW ZS-3.1.1a stoppage"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town.found(tmp_path_factory.mktemp("birth"), "zhongshan")
    papers = {"证件类型": "护照"}
    for n, rows in enumerate(
        (
            [stop("2024-03", until=JUN20, **OF_40, **papers), stop("2024-03", JUN20, JUN28, **OF_39, **papers), stop("2024-03", JUN28, **OF_40, **papers)],
            [stop("2024-03", until=JUN20, **papers), stop("2024-03", JUN20, **OF_40, **papers)],
        )
    ):  # fmt: skip
        town.tell(replace(town.person("1984-05-05"), number=f"E1234567{n}"), *rows)
    town.tell(town.person("1984-05-05"), stop("2024-03", until=JUN20), stop("2024-03", JUN20, **OF_39))
    for day in (MAY31, JUN20, JUN28, JUL01):
        town.night(day)
    return town


def posted(town: Town, number: str) -> dict[str, list[str]]:
    return {
        day: [brief(e) for e in night.entries(id_number=number) if e["track"] == "L"]
        for day, night in town.nights.items()
    }


def test_a_corrected_birth_date_moves_the_age(town: Town) -> None:
    assert [lines[:1] for lines in posted(town, "E12345670").values()] == [[IN], [OUT], [IN], []]
    (who,) = town.ask("select birth_date::varchar as birth from person where id_number = 'E12345670'")
    assert who["birth"] == "1984-05-05"


def test_a_birth_date_told_later_counts_from_then(town: Town) -> None:
    lines = posted(town, "E12345671")
    assert (lines[MAY31], lines[JUN20]) == ([], [IN])


def test_the_number_of_a_citizen_says_more_than_a_column(town: Town) -> None:
    (who,) = town.ask("select birth_date::varchar as birth, id_number from person where id_number like '4420%'")
    assert who["birth"] == "1984-05-05"
    assert [len(lines) for lines in posted(town, who["id_number"]).values()][:1] == [1]
