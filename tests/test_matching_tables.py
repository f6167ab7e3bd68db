"""The committed tables of the name matcher: their form, their order, and what must be found in them.

Reads only the committed files; the packages they were built with are not needed.
"""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from matchers.names import fold_name

TABLES = Path(__file__).parent.parent / "matchers" / "tables"
PAIR_TABLES = ("variant_weak", "surname_folk")
ALL_TABLES = (*PAIR_TABLES, "decomposed", "lookalike", "mongol_groups", "pua", "readings", "simplified", "surnames",
              "surnames_compound")  # fmt: skip
HAN = ((0x3007, 0x3007), (0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0x20000, 0x323AF))


def words(typed: str) -> list[str]:
    return typed.split(" ")


def lines(name: str) -> list[str]:
    return (TABLES / f"{name}.tsv").read_text(encoding="utf-8").split("\n")[:-1]


@cache
def pairs(name: str) -> list[tuple[str, str]]:
    return [(left, right) for left, right in (line.split("\t") for line in lines(name))]


def is_han(character: str) -> bool:
    return len(character) == 1 and any(first <= ord(character) <= last for first, last in HAN)


@cache
def readings() -> dict[str, str]:
    return dict(pairs("readings"))


@cache
def lookalikes() -> dict[str, dict[str, int]]:
    rows = ((character, (near.split(":") for near in value.split(" "))) for character, value in pairs("lookalike"))
    return {character: {other: int(score) for other, score in near} for character, near in rows}


@pytest.mark.parametrize("reading", ["吕lv", "吕!lu", "女nv", "绿lv", "略lve", "路lu", "努nu"])
def test_the_two_dots_stay_under_every_tone(reading: str) -> None:
    told = readings()[reading[0]].split(" ")
    assert reading[2:] not in told if reading[1] == "!" else reading[1:] in told


@pytest.mark.parametrize("name", ALL_TABLES)
def test_a_table_is_not_empty_ends_with_a_newline_and_repeats_no_line(name: str) -> None:
    assert (TABLES / f"{name}.tsv").read_bytes().endswith(b"\n")
    assert lines(name) and "" not in lines(name)
    assert len(set(lines(name))) == len(lines(name))


@pytest.mark.parametrize("name", [*PAIR_TABLES, "decomposed", "lookalike", "pua", "readings", "simplified"])
def test_a_made_table_is_sorted_by_its_key(name: str) -> None:
    assert lines(name) == sorted(lines(name), key=lambda line: line.split("\t"))


@pytest.mark.parametrize("name", PAIR_TABLES)
def test_a_pair_is_two_han_characters_lower_code_first_as_folding_leaves_them(name: str) -> None:
    for left, right in pairs(name):
        assert is_han(left) and is_han(right) and left < right
        assert (fold_name(left), fold_name(right)) == (left, right)


def test_the_look_alikes_are_mutual_with_the_same_score_and_at_most_twenty() -> None:
    table = lookalikes()
    for character, near in table.items():
        assert is_han(character) and character not in near and 1 <= len(near) <= 20
        assert list(near.values()) == sorted(near.values(), reverse=True)
        assert all(1 <= score <= 99 and table[other][character] == score for other, score in near.items())


def test_a_look_alike_is_a_character_that_folding_leaves_alone() -> None:
    simplified = dict(pairs("simplified"))
    assert not simplified.keys() & lookalikes().keys()


@pytest.mark.parametrize(
    "pair", words("晴睛 祯帧 娟捐 炜玮 土士 己已 大太 贝见 候侯 冼洗 晞唏 玲铃 戊戌 未末 亨享 人入 日曰 昊吴")
)
def test_a_well_known_confusable_pair_is_found(pair: str) -> None:
    assert pair[1] in lookalikes()[pair[0]]


@pytest.mark.parametrize("pair", words("晴睛 祯帧 娟捐 炜玮 土士 己已 候侯 冼洗 玲铃 伟炜 晞唏"))
def test_what_people_do_mistake_scores_sixty_and_more(pair: str) -> None:
    assert lookalikes()[pair[0]][pair[1]] >= 60


@pytest.mark.parametrize("pair", words("王欧 伟芳 建丽 明秀 玥翀"))
def test_what_looks_different_is_not_among_the_look_alikes(pair: str) -> None:
    assert pair[1] not in lookalikes()[pair[0]]


def test_two_thirds_of_the_confusable_pairs_are_found_among_twenty() -> None:
    typed = (TABLES / "confusable_pairs.txt").read_text(encoding="utf-8").splitlines()
    table, known = lookalikes(), [pair for line in typed if not line.startswith("#") for pair in line.split()]
    found = sum(pair[1] in table.get(pair[0], {}) for pair in known)
    assert len(known) > 100 and found / len(known) > 0.67


@pytest.mark.parametrize(
    "reading",
    words("单shan 查zha 解xie 区ou 朴piao 覃qin 仇qiu 盖ge 尉yu 万mo 俟qi 黑he 曾zeng 任ren 翟zhai 䶮yan 𬭎hong"),
)
def test_a_surname_reading_is_among_the_readings(reading: str) -> None:
    assert reading[1:] in readings()[reading[0]].split(" ")


def test_every_reading_is_a_toneless_syllable() -> None:
    for character, syllables in pairs("readings"):
        assert is_han(character)
        assert all(s.isascii() and s.isalpha() and s.islower() for s in syllables.split(" "))


@pytest.mark.parametrize("pair", words("坤堃 哲喆 村邨 柏栢 乃迺 浚濬 宁甯 佩珮 皓晧 苏甦 国囯 钟锺 高髙"))
def test_a_weak_variant_is_found(pair: str) -> None:
    assert tuple(sorted(pair)) in pairs("variant_weak")


@pytest.mark.parametrize("pair", words("闫阎 肖萧 付傅 兰蓝 戴代 丘邱 于於 仝同 沈沉 候侯 叚段 宁甯"))
def test_a_folk_surname_is_found(pair: str) -> None:
    assert tuple(sorted(pair)) in pairs("surname_folk")


def test_surnames_stand_by_their_share_which_stays_below_a_million_together() -> None:
    shares = [(character, int(share)) for character, share in pairs("surnames")]
    assert all(is_han(character) and share > 0 for character, share in shares)
    assert [share for _, share in shares] == sorted((share for _, share in shares), reverse=True)
    assert len({character for character, _ in shares}) == len(shares) >= 400
    assert sum(share for _, share in shares) < 1_000_000


def test_compound_surnames_are_two_to_four_characters_and_the_commonest_are_there() -> None:
    surnames = lines("surnames_compound")
    assert all(2 <= len(surname) <= 4 and all(map(is_han, surname)) for surname in surnames)
    assert {"欧阳", "上官", "皇甫", "令狐", "诸葛", "司徒", "司马", "尉迟", "万俟"} <= set(surnames) and len(
        surnames
    ) >= 60


def test_a_name_part_belongs_to_one_group_of_spellings() -> None:
    groups = [line.split(" ") for line in lines("mongol_groups")]
    parts = [part for group in groups for part in group]
    assert all(len(group) >= 2 for group in groups) and all(is_han(c) for part in parts for c in part)
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize(
    "group", ["其其格 琪琪格", "买买提 麦麦提 买合买提", "扎西 札西", "次仁 才仁 泽仁", "孟和 蒙克", "阿不都 阿卜杜"]
)
def test_spellings_of_one_sound_share_a_group(group: str) -> None:
    assert any(set(group.split()) <= set(line.split()) for line in lines("mongol_groups"))


def test_private_use_codes_agree_with_what_folding_knows() -> None:
    table = {chr(int(code, 16)): character for code, character in pairs("pua")}
    assert sorted(map(ord, table)) == list(range(0xE815, 0xE865)) and all(map(is_han, table.values()))
    known = {"\ue81e": "龴", "\ue826": "龵", "\ue82b": "龶", "\ue832": "龸", "\ue843": "龹", "\ue854": "龺"}
    assert (known | {"\ue863": "䶮", "\ue864": "龻"}).items() <= table.items()


def test_parts_in_brackets_lead_to_one_character() -> None:
    table = dict(pairs("decomposed"))
    assert len(table) == len(lines("decomposed")) and table["吉吉"] == "喆" and table["龙天"] == "䶮"
    for parts, character in table.items():
        assert 2 <= len(parts) <= 3 and is_han(character) and all(map(is_han, parts)) and character not in parts


def test_no_two_pair_tables_disagree_on_the_direction() -> None:
    for first, second in combinations(PAIR_TABLES, 2):
        assert not {(b, a) for a, b in pairs(first)} & set(pairs(second))
