"""What an entry may rest on has a Chinese word, whatever pack names it."""

import pytest

from policies.pack import pack_files, pack_of
from policies.rule import words_of
from reports.fact_words import FACT_WORDS
from tests.town import PACKS


@pytest.mark.parametrize("pack", PACKS)
def test_whatever_an_entry_of_a_pack_shows_has_a_chinese_word(pack: str) -> None:
    read = pack_of(pack_files(pack), pack)
    shown = set().union(*({*rule.shows, *(words_of(rule.when) & set(read.parameters))} for rule in read.all_rules))
    assert shown - set(FACT_WORDS) == set()
    assert all("一" <= word[-1] <= "鿿" or word.endswith("）") for word in FACT_WORDS.values())
