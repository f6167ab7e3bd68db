"""How tall a row of a sheet is, told of a column at once, is what each of its texts takes by itself."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.row_stream import MOST_LINES, NOT_HAN, Look, lines_needed, row_xml

# Letters, Han of each plane and past the table of GBK, marks in both widths, a letter of Uyghur, a combining one.
TEXTS = st.text(
    alphabet=st.sampled_from("aZ9 \n明\u4e00\u9fa5\u9fa6\U0002b740，。、：；—…·《》“”（）ئ́é€×　"), max_size=60
)


@given(st.lists(st.none() | TEXTS, min_size=1, max_size=12), st.sampled_from([8, 14.5, 48.0]))
def test_a_row_is_as_tall_as_its_tallest_text(texts: list[str | None], width: float) -> None:
    table = pa.table({"one": pa.array(texts, pa.string()), "two": pa.array(texts[::-1], pa.string())})
    looks = [Look("A", 1, "text", width), Look("B", 1, "text", 2 * width)]
    ((count, written),) = row_xml(table, looks, [], 0)
    tallest = [
        max(lines_needed(a or "", width), lines_needed(b or "", 2 * width))
        for a, b in zip(texts, texts[::-1], strict=True)
    ]
    heights = [f' ht="{16 * min(n, MOST_LINES)}" customHeight="1"' if n > 1 else "" for n in tallest]
    assert count == len(texts)
    assert [row.split(">")[0] for row in written.split("<row ")[1:]] == [
        f'r="{n}"{h}' for n, h in enumerate(heights, 1)
    ]


@pytest.mark.parametrize("mark", sorted({*NOT_HAN.split("}", 2)[2].rstrip("]"), "一", "龥"}))
def test_what_is_counted_for_all_at_once_takes_three_bytes_and_two(mark: str) -> None:
    assert (len(mark.encode()), len(mark.encode("gbk"))) == (3, 2)


def test_every_character_between_the_first_and_last_of_han_takes_two_bytes() -> None:
    assert len("".join(map(chr, range(0x4E00, 0x9FA6))).encode("gbk")) == 2 * (0x9FA6 - 0x4E00)
