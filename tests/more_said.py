"""Rows of the extracts that the packs of Shandong, Xinyu and Jining read, in the manner of tests.nightshift."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policies.pack import find_pack
from tests.nightshift import FIRMS, Said, registered

NOTHING: dict[str, tuple[str, ...]] = {}


def _said(kind: str, row: Mapping[str, str], since: str, until: str, cells: Mapping[str, str]) -> Said:
    return Said(kind, {h: t for h, t in row.items() if t} | dict(cells), since, until)


def jobless(day: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    """Registered in town, able and willing, with somebody in charge."""
    row = {"户籍性质": "城镇", "常住地类型": "城镇", "就业意愿": "就业", "帮扶责任人": "王站长"}
    return registered(day, since, until, **(row | cells))


def housed(
    area: str,
    since: str = "",
    until: str = "9999",
    *,
    book: str = "",
    from_: str = "",
    kind: str = "城镇",
    **cells: str,
) -> Said:
    """A household row; each book of its own unless one is named."""
    row = {"户号": book, "与户主关系": "户主", "户籍性质": kind, "户籍区划": area, "居住起始日期": from_}
    return _said("户籍", row, since, until, cells)


def recognised(basis: str, day: str, since: str = "", until: str = "9999", *, left: str = "", **cells: str) -> Said:
    row = {
        "困难类型": basis,
        "认定日期": day,
        "退出日期": left,
        "退出原因": "其他" if left else "",
        "帮扶责任人": "李站长",
    }
    return _said("就业困难人员认定", row, since, until, cells)


def marital(status: str, day: str, since: str = "", until: str = "9999", *, child: str = "", **cells: str) -> Said:
    row = {"婚姻状况": status, "登记日期": day, "抚养子女出生日期": child}
    return _said("婚姻登记", row, since, until, cells)


def listed(kind: str, day: str, since: str = "", until: str = "9999", *, left: str = "", **cells: str) -> Said:
    return _said(
        "脱贫监测", {"户编号": "TP1", "人员类别": kind, "纳入日期": day, "退出日期": left}, since, until, cells
    )


def lost_land(day: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    return _said("失地农民", {"征地项目": "东环路", "征地日期": day, "失地面积": "2.5"}, since, until, cells)


def studied(
    enrolled: str, left: str = "", since: str = "", until: str = "9999", *, level: str = "本科", **cells: str
) -> Said:
    row = {"学校": "某大学", "学历层次": level, "全日制": "是", "入学日期": enrolled, "毕业离校日期": left}
    return _said("学籍毕业生", row, since, until, cells)


def served(day: str, since: str = "", until: str = "9999") -> Said:
    return _said("兵役", {"入伍日期": day}, since, until, {})


def jailed(day: str, since: str = "", until: str = "9999", *, kind: str = "收监执行", end: str = "") -> Said:
    return _said("服刑", {"收监日期": day, "执行方式": kind, "释放日期": end}, since, until, {})


def capacity(level: str, day: str, since: str = "", until: str = "9999") -> Said:
    return _said("劳动能力鉴定", {"鉴定结论": level, "鉴定日期": day}, since, until, {})


def income(
    year: int, amount: str, kind: str = "劳动", since: str = "", until: str = "9999", *, told: str = "民政核对"
) -> Said:
    return _said("收入", {"年度": str(year), "收入类型": kind, "金额": amount, "申报方式": told}, since, until, {})


def paid(
    item: str, first: str, last: str, since: str = "", until: str = "9999", *, firm: str = "", **cells: str
) -> Said:
    row = {"补贴项目": item, "补贴起始年月": first, "补贴终止年月": last, "补贴金额": "500", "领款单位": firm}
    row |= {"统一社会信用代码": FIRMS.get(firm, "")}
    return _said("补贴发放", row, since, until, cells)


def course(
    start: str, since: str = "", until: str = "9999", *, name: str = "电工", passed: str = "", certified: str = "", **cells: str
) -> Said:  # fmt: skip
    row = {
        "培训机构": "某校",
        "培训项目": name,
        "免费": "是",
        "开班日期": start,
        "合格日期": passed,
        "发证日期": certified,
    }
    return _said("培训", row, since, until, cells)


def visited(day: str, since: str = "", until: str = "9999", **cells: str) -> Said:
    return _said("入户走访", {"走访日期": day, "走访人": "王站长"}, since, until, cells)


def in_system(said: Said, how: str = "是") -> Said:
    return Said(said.kind, dict(said.cells) | {"已录入系统": how}, said.since, said.until)


def own_pack(folder: Path, name: str, values: Mapping[str, Any]) -> str:
    """A copy of a pack in which an office's own parameters are set; its path, as `zhaoren init --pack` takes it."""
    text = find_pack(name).read_text(encoding="utf-8")
    for parameter, value in values.items():
        head, tail = text.split(f"[parameter.{parameter}]\n", 1)
        old = next(line for line in tail.splitlines() if line.startswith("values ="))
        new = f'values = [{{from = 2019-01-01, is = {value}, source = "test", checked = 2026-11-22}}]'
        text = head + f"[parameter.{parameter}]\n" + tail.replace(old, new, 1)
    (folder / name).mkdir(parents=True)
    (folder / name / "pack.toml").write_text(text, encoding="utf-8")
    return str(folder / name)


def ended(line: str) -> str:
    """The entry that only ends an earlier one."""
    track, _, rest = line.split(" ", 2)
    return f"{track} UPD {rest} ended"


def further(line: str) -> str:
    """The same finding as a further basis of somebody who is listed."""
    return line.replace(" ADD ", " UPD ")
