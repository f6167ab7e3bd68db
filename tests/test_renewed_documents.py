"""Permits, passports and cards of foreign residents that are renewed under another number: one person is one person over nights, by
the part that is for life or by the police's word of the old number."""

from collections.abc import Mapping

import pytest

from matchers.check_digits import check_digit
from tests.nightshift import Town
from tests.unjudged_nights import UnjudgedTown

NIGHTS = ("2024-06-01", "2024-06-02", "2024-06-03")
CARD = "91184019830303001"
# Document and number before, and after: the first three by what the number itself says of the document.
RENEWED = {
    "permit of Hong Kong, counted on": (("回乡证", "H1234567801"), ("回乡证", "H1234567802")),
    "Chinese passport": (("护照", "G12345678"), ("护照", "E87654321")),
    "card of a foreign resident": (("外国人永久居留证", "USA442083030412"), ("外国人永久居留身份证", CARD + check_digit(CARD))),
    "passport": (("护照", "N1234567"), ("护照", "N7654321")),
    "old permit of Macao": (("港澳居民来往内地通行证", "M1234567"), ("港澳居民来往内地通行证", "M12345670")),
    "permit of Taiwan": (("台胞证", "12345678"), ("台胞证", "87654321")),
}  # fmt: skip


def row(number: int, document: tuple[str, str], **cells: str) -> Mapping[str, str]:
    about = {"姓名": f"林{'甲乙丙丁戊己'[number]}春", "性别": "男", "出生日期": f"198{number}-03-03", "联系电话": f"1390000000{number}"}  # fmt: skip
    return about | dict(zip(("证件类型", "证件号码"), document, strict=True)) | cells


def registered(number: int, document: tuple[str, str]) -> Mapping[str, str]:
    return row(number, document, 镇街="东区", 失业登记日期="2024-05-06", 登记状态="有效")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Registered by the old number; the police tell of the new one; registered by the new one."""
    town = UnjudgedTown.found(tmp_path_factory.mktemp("renewed") / "w", "zhongshan")
    both = list(enumerate(RENEWED.values()))
    told = [row(n, new, 原证件号码=old[1], 户号=f"Z{n}", 与户主关系="户主", 户籍性质="城镇", 户籍区划="东区") for n, (old, new) in both]  # fmt: skip
    town.deliver("失业登记", NIGHTS[0], "全量", [registered(n, old) for n, (old, _) in both])
    town.run(NIGHTS[0])
    town.deliver("户籍", NIGHTS[1], "全量", told)
    town.run(NIGHTS[1])
    town.deliver("失业登记", NIGHTS[2], "全量", [registered(n, new) for n, (_, new) in both])
    town.run(NIGHTS[2])
    return town


@pytest.mark.parametrize("label", RENEWED)
def test_whoever_has_a_renewed_document_is_one_person(town: Town, label: str) -> None:
    name = row(list(RENEWED).index(label), ("", ""))["姓名"]
    people = [r["person_id"] for r in town.ask("select person_id from person where name = ?", name)]
    assert len(people) == 1
    for kind in ("household_register", "unemployment_registration"):
        assert [
            r["person_id"] for r in town.ask(f"select person_id from standing_{kind} where name = ?", name)
        ] == people
