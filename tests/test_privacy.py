"""The scanner finds what is planted, leaves alone what is nobody's, and finds nothing in what a night leaves outside its
workspace."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import re
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from flows.doctor.examine import examine
from flows.trust.privacy import scan_text
from flows.trust.privacy_files import UNREAD, scan_file, scan_folder
from flows.trust.reperforming import reperform
from ledger.seal import read_manifest
from matchers.check_digits import check_digit
from tests.nightshift import GIVEN, SURNAMES, Town, registered, stop
from tests.rough_files import (
    DEATH,
    deaths,
    drop,
    new_workspace,
    night,
    numbered,
    stop_file,
    table,
    xlsx,
    zhaoren_here,
    zhaoren_in_turn,
)

ROUNDS = 2000
AROUND = (
    "{}", "号码{}不对", '{{"id": "{}", "n": 3}}', "a\t{}\tb", "{}, 共 3 行", "ERROR sfz={} 拒收", "第 12 行：{}。", "<td>{}</td>", "‘{}’",
    "file:///x/{}.csv", "({})", "/{}/",
)  # fmt: skip
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def _identity(rng: np.random.Generator) -> str:
    born = date(1930, 1, 1) + timedelta(days=int(rng.integers(0, 33_000)))
    body = f"{rng.choice([110101, 442099, 150199, 370883, 650101, 810000])}{born:%Y%m%d}{rng.integers(0, 1000):03d}"
    return body + check_digit(body)


def _foreign(rng: np.random.Generator) -> str:
    body = f"9{rng.choice([11, 31, 44, 51, 65])}124{_identity(rng)[6:14]}{rng.integers(0, 1000):03d}"
    return body + check_digit(body)


def _cut(digits: str, *sizes: int, by: str = " ") -> str:
    """Digits in groups, the rest last."""
    ends = [0, *np.cumsum(sizes).tolist(), len(digits)]
    return by.join(digits[a:b] for a, b in pairwise(ends))


def _phone(rng: np.random.Generator) -> str:
    return f"1{rng.integers(3, 10)}{rng.integers(0, 10**9):09d}"


def _card(rng: np.random.Generator) -> str:
    body = f"62{rng.integers(0, 10**16):016d}"
    odd = sum(sum(divmod(2 * int(c), 10)) for c in body[::-1][::2])
    return body + str(-(odd + sum(int(c) for c in body[::-1][1::2])) % 10)


def _name(rng: np.random.Generator) -> str:
    return str(rng.choice(list(SURNAMES))) + "".join(rng.choice(list(GIVEN), int(rng.integers(1, 3))))


def _name_beside(rng: np.random.Generator) -> str:
    name = _name(rng)
    number = _identity(rng)
    masked = number[:6] + "********" + number[14:]
    return f"{name} {masked}" if rng.integers(2) else f"{masked}，{name}"


PLANTED = {
    "identity number": (_identity, "身份证号码"),
    "identity number in groups": (lambda rng: re.sub(r"(.{6})(.{8})(.*)", r"\1 \2 \3", _identity(rng)), "身份证号码"),
    "identity number as on a bank form": (lambda rng: _cut(_identity(rng), 6, 4, 4), "身份证号码"),
    "identity number by fours": (lambda rng: _cut(_identity(rng), 4, 4, 4, 4), "身份证号码"),
    "identity number with long dashes": (
        lambda rng: _cut(_identity(rng), 6, 8, by=str(rng.choice(["–", "—", "－", "−"]))),
        "身份证号码",
    ),
    "identity number with a tab or two spaces": (
        lambda rng: _cut(_identity(rng), 6, 8, by=str(rng.choice(["\t", "  ", "\u3000", "\u200b"]))),
        "身份证号码",
    ),
    "identity number digit by digit": (
        lambda rng: str(rng.choice([" ", "  ", "-"])).join(_identity(rng)),
        "身份证号码",
    ),
    "identity number with dots": (lambda rng: _cut(_identity(rng), 6, 8, by="."), "身份证号码"),
    "identity number with another alphabet's X": (
        lambda rng: _identity(rng).replace("X", str(rng.choice(list("ХхΧ×")))),
        "身份证号码",
    ),
    "identity number in percent escapes": (
        lambda rng: "".join(f"%{ord(c):02{rng.choice(['x', 'X'])}}" for c in _identity(rng)),
        "身份证号码",
    ),
    "identity number with strokes": (
        lambda rng: _cut(_identity(rng), 6, 8, by=str(rng.choice(["/", "_"]))),
        "身份证号码",
    ),
    "identity number in JSON's escapes": (
        lambda rng: "".join(f"\\u{ord(c):04x}" for c in _identity(rng).translate(WIDE if rng.integers(2) else {})),
        "身份证号码",
    ),
    "identity number broken between two lines": (
        lambda rng: _cut(_identity(rng), int(rng.integers(1, 18)), by=str(rng.choice(["\n", "\r\n  ", "=\n"]))),
        "身份证号码",
    ),
    "identity number in entities": (lambda rng: "".join(f"&#{ord(c)};" for c in _identity(rng)), "身份证号码"),
    "foreign resident's number": (_foreign, "身份证号码"),
    "identity number full width": (lambda rng: _identity(rng).translate(WIDE), "身份证号码"),
    "small x": (lambda rng: _identity(rng).lower(), "身份证号码"),
    "disability certificate": (lambda rng: f"{_identity(rng)}{rng.integers(1, 8)}{rng.integers(1, 5)}", "身份证号码"),
    "fifteen digits": (
        lambda rng: (n := _identity(rng))[:6] + n[8:17],
        "十五位身份证号码",
    ),
    "fifteen digits in groups": (lambda rng: _cut((n := _identity(rng))[:6] + n[8:17], 6, 6), "十五位身份证号码"),
    "wrong check digit": (
        lambda rng: (n := _identity(rng))[:17] + ("1" if n[17] != "1" else "2"),
        "疑似身份证号码（校验位不符）",
    ),
    "phone": (_phone, "手机号码"),
    "phone in groups": (lambda rng: re.sub(r"(...)(....)(....)", r"\1-\2-\3", _phone(rng)), "手机号码"),
    "phone otherwise grouped": (
        lambda rng: _cut(_phone(rng), *([3, 3] if rng.integers(2) else [4, 4]), by=str(rng.choice([" ", "-"]))),
        "手机号码",
    ),
    "phone with dots or brackets": (
        lambda rng: re.sub(r"(...)(....)(....)", str(rng.choice([r"\1.\2.\3", r"(\1)\2-\3"])), _phone(rng)),
        "手机号码",
    ),
    "phone behind a zero": (lambda rng: "0" + _phone(rng), "手机号码"),
    "phone with country code": (lambda rng: "+86 " + _phone(rng), "手机号码"),
    "phone digit by digit, named": (lambda rng: f"联系电话：{' '.join(_phone(rng))}", "手机号码"),
    "landline beside a name": (
        lambda rng: (
            f"{_name(rng)}{rng.choice([' ', '，电话', '：', ''])}0{rng.choice(['10', '471', '790'])}{rng.choice(['-', '', ' '])}6{rng.integers(0, 10**6):06d}"
        ),
        "姓名连同固定电话",
    ),
    "card digit by digit, named": (lambda rng: f"银行账号 {' '.join(_card(rng))}", "银行卡号"),
    "bank card": (_card, "银行卡号"),
    "bank card by fours with a count behind": (lambda rng: _cut(_card(rng), 4, 4, 4, 4) + " 12", "银行卡号"),
    "permit": (lambda rng: f"{rng.choice(['H', 'M'])}{rng.integers(0, 10**8):08d}", "通行证或护照号码"),
    "permit in small letters": (
        lambda rng: f"{rng.choice(['h', 'm'])}{rng.integers(0, 10**8):08d}",
        "通行证或护照号码",
    ),
    "old permit of residence": (lambda rng: f"USA4420{rng.integers(0, 10**8):08d}", "通行证或护照号码"),
    "permit of Taiwan, named": (lambda rng: f"台胞证号：{rng.integers(0, 10**8):08d}", "通行证或护照号码"),
    "passport": (lambda rng: f"E{rng.integers(0, 10**8):08d}", "通行证或护照号码"),
    "name beside a masked number": (_name_beside, "姓名连同遮蔽的号码"),
    "name beside a number masked by other signs": (
        lambda rng: _name_beside(rng).replace(
            "********", str(rng.choice(["xxxxxxxx", "········", " ******** ", "••••••••"]))
        ),
        "姓名连同遮蔽的号码",
    ),
    "name before a masked number by its word": (
        lambda rng: (
            f"{_name(rng)}{rng.choice(['，', ' ', '：'])}{rng.choice(['身份证号码', '证件号码：', '身份证'])}{_identity(rng)[:6]}********1234"
        ),
        "姓名连同遮蔽的号码",
    ),
    "name and masked number in JSON": (
        lambda rng: '{{"name": "{}", "number": "{}"}}'.format(*_name_beside(rng).replace("，", " ").split()),
        "姓名连同遮蔽的号码",
    ),
    "name of a minority beside a masked number": (
        lambda rng: f"阿不都热合曼·买买提 {_identity(rng)[:6]}********1234",
        "姓名连同遮蔽的号码",
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found(kind: str) -> None:
    make, wanted = PLANTED[kind]
    rng = np.random.default_rng(20261122)
    missed = 0
    for number in range(ROUNDS):
        text = AROUND[number % len(AROUND)].format(make(rng))
        missed += wanted not in {k for _, k in scan_text(text)}
    assert missed == 0


def test_a_known_name_is_found_wherever_it_stands() -> None:
    known = frozenset({"司马春兰", "阿不都热合曼·买买提"})
    assert list(scan_text("无\n办理司马春兰的事项", known)) == [(2, "已知人员的姓名")]
    assert list(scan_text("阿不都热合曼·买买提", known)) == [(1, "已知人员的姓名")]
    assert list(scan_text("办理阿不都热合曼·买买提的事项", known)) == [(1, "已知人员的姓名")]
    assert list(scan_text(json.dumps({"who": "司马春兰"}), known)) == [(1, "已知人员的姓名")]
    for escaped in (
        quote("司马春兰"),
        quote("司马春兰", encoding="gb18030"),
        repr("司马春兰".encode()),
        "&#21496;&#39532;&#26149;&#20848;",
    ):
        assert list(scan_text(f"GET /?who={escaped} 1", known)) == [(1, "已知人员的姓名")]
    assert list(scan_text("司马迁 100%E", known)) == []


def test_what_is_nobodys_is_left_alone() -> None:
    """Hashes, times, counts, codes of firms, dates, paths, sequence numbers."""
    rng = np.random.default_rng(7)
    lines = [sha256(rng.bytes(8)).hexdigest() for _ in range(20_000)]
    lines += [f'{{"at": "2026-11-22T0{n % 10}:15:33.12{n % 10}+00:00", "rows": {n * 7919}}}' for n in range(500)]
    lines += [" ".join(map(str, rng.integers(0, 10, int(rng.integers(8, 40))))) for _ in range(5000)]
    lines += [" ".join(map(str, rng.integers(0, 2, 18))) for _ in range(2000)]
    lines += [
        "咨询电话 0471-6612345", "市管理局 0471-6612345", "办公室（0760）88888888", "热线：010-12333123", "服务中心电话：0790 6123456 时间：工作日", "传真 0790-6123456",
        "第 5 号码 1 3 9 1 2 3 4 5 6 7 8", "证件 51563000", "50%-60% 100%25", "91442099MA00ZG5N3Q 甲厂", "第 12 行缺少证件号码", "社保停保_20240630_全量.csv：442 行", "P000000001 1-15", "442099****",
        "台账变化：ADD 12345678，REVIEW 9", "单位 442099********1234", "证件号码：442099********1234", "0.9354838709677419", "3 12 45 360 1999 20 24 61", "2024-06-30 2024-07-01 20240630",
    ]  # fmt: skip
    assert [(line, found) for line in lines for found in scan_text(line)] == []


def test_a_number_is_found_in_a_cell_a_zip_and_a_file_name(tmp_path: Path) -> None:
    number = _identity(np.random.default_rng(3))
    book = openpyxl.Workbook()
    book.active["B7"] = f"见 {number}"
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.log").write_bytes(f"号码 {number}".encode("gb18030"))
    (tmp_path / f"{number}.csv").write_text("x\n")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "c.txt").write_text(number)
    found = list(scan_folder(tmp_path, leave=[tmp_path / "kept"]))
    assert sorted({Path(s.where.partition("!")[0]).suffix for s in found}) == [".csv", ".log", ".xlsx"]
    assert {s.kind for s in found} == {"身份证号码"}
    assert all(number not in repr((s.line, s.kind)) for s in found)


def _packed(said: str) -> dict[str, bytes]:
    """The same words as other programs keep them: packed, in a table, in base64, in runs of letters."""
    inner, outer, table, book = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    for target, name, data in ((inner, "a.txt", said.encode() * 9), (outer, "a.zip", b"")):
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data or inner.getvalue())
    pq.write_table(pa.table({"said": [f"{n} {said}" for n in range(500)]}), table, compression="zstd")
    sheets = openpyxl.Workbook()
    sheets.active["A1"] = CellRichText(said[:3], TextBlock(InlineFont(b=True), said[3:12]), said[12:])
    sheets.save(book)
    return {
        "gzip": gzip.compress(said.encode()), "bzip2": bz2.compress(said.encode()), "xz": lzma.compress(said.encode()),
        "zip in a zip": outer.getvalue(), "Parquet": table.getvalue(), "a cell of several fonts": book.getvalue(),
        "base64": b'{"blob": "' + base64.b64encode(b"\x80\x05" + said.encode()) + b'"}',
    }  # fmt: skip


@pytest.mark.parametrize("shape", _packed(""))
def test_a_number_and_a_name_are_found_in_what_is_packed(tmp_path: Path, shape: str) -> None:
    number, name = _identity(np.random.default_rng(6)), "司马春兰"
    path = tmp_path / "found"
    path.write_bytes(_packed(f"办理{name}，{number}")[shape])
    assert {"身份证号码", "已知人员的姓名"} <= {s.kind for s in scan_file(path, frozenset({name}))}
    path.write_bytes(path.read_bytes()[:-9])
    assert all(s.kind != "打不开" for s in scan_file(path))


LONG = "x" * 1000 + "\n"


@pytest.mark.parametrize(
    "shape",
    ["utf-16", "utf-16-le", "utf-16-be", "binary", "longer than a piece", "cut zip", "sheet name", "member name"],
)
def test_a_number_and_a_name_are_found_in_any_file(tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs of other systems, a database of Prefect's, a zip cut short. Of UTF-16 without a mark the number alone is asked."""
    monkeypatch.setattr("flows.trust.privacy_files.PIECE", 4000)
    number, name = _identity(np.random.default_rng(4)), "司马春兰"
    said, path = f"办理 {name}，{number}", tmp_path / "found"
    if shape.startswith("utf-16"):
        path.write_bytes(said.encode(shape))
    elif shape == "binary":
        path.write_bytes(b"\x00\x80\xff" + said.encode() + b"\xfe")
    elif shape == "longer than a piece":
        path.write_text(LONG * 3 + "x" * 990 + said, encoding="utf-8")
    elif shape == "sheet name":
        book = openpyxl.Workbook()
        book.active.title = f"{name}{number}"
        book.save(path)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{said}.txt" if shape == "member name" else "a.txt", said)
        if shape == "cut zip":
            path.write_bytes(b"PK\x00\x00" + path.read_bytes()[4:])
    wanted = {"身份证号码"} if shape.startswith("utf-16-") else {"身份证号码", "已知人员的姓名"}
    assert {s.kind for s in scan_file(path, frozenset({name}))} == wanted


def test_a_file_that_does_not_open_is_named_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_text("x")
    (tmp_path / "b.log").write_text(_identity(np.random.default_rng(5)))
    plain = Path.open

    def guarded(path: Path, mode: str = "r") -> IO[Any]:
        if path.name == "a.log":
            raise PermissionError(13, "no")
        return plain(path, mode)

    monkeypatch.setattr(Path, "open", guarded)
    assert [(Path(s.where).name, s.kind) for s in scan_folder(tmp_path)] == [("a.log", UNREAD), ("b.log", "身份证号码")]


def test_a_number_in_the_name_of_a_file_is_sealed_nowhere_and_the_night_can_be_done_again(tmp_path: Path) -> None:
    """The name is told by manifest, tables and workbooks, which outlive the file."""
    workspace = new_workspace(tmp_path / "ws")
    number, alike = numbered("44200019750315001"), numbered("44200019760315001")
    for nth, said in enumerate((number, alike), 1):
        drop(workspace, f"社保停保_{said}_20240629_增量.csv", stop_file(nth))
    drop(workspace, f"社保停保_{number}_20240629_增量.csv.manifest.json", '{"rows": 1}')
    book = openpyxl.load_workbook(io.BytesIO(xlsx([DEATH, *deaths(3)])))
    book.active.title = "13900001234"
    book.save(workspace.inbox / "死亡_20240629_增量.xlsx")
    assert {status for _, status, _ in night(workspace, "2024-06-29", books=True).deliveries} == {"accepted"}
    assert [f for f in scan_folder(workspace.runs / "000001" / "workbooks") if number in f.where] == []
    told = [
        table(workspace, "delivery"),
        read_manifest(workspace.runs, 1)["inputs"],
        read_manifest(workspace.runs, 1)["sidecars"],
    ]
    assert not any(secret in repr(told) for secret in (number, alike, "13900001234"))
    assert len({row["file_name"] for row in table(workspace, "delivery")}) == 3
    assert all(t.is_equal for t in reperform(workspace, 1, tmp_path / "again").tables)
    done = zhaoren_here("explain", workspace.root, "--row", f"社保停保_{number}_20240629_增量.csv:1")
    assert done.returncode == 0 and number not in done.stdout, done.stderr


def test_a_night_leaves_nothing_personal_outside_its_workspace(tmp_path: Path) -> None:
    """A night with good rows, broken rows and a refused file, by the command line, with every place it could write to
    set below one folder."""
    town = Town.found(tmp_path / "ws", "zhongshan", "neimenggu", books=True)
    who = [town.tell(town.person("1975-03-01"), stop("2024-04"), registered("2024-05-06")) for _ in range(3)]
    town.drop("社保停保_20240601_全量.csv", [s.about(p) | {"停保日期": "昨天"} for p in who for s in [stop("2024-04")]])
    town.drop("失业登记_20240601_全量.csv", [registered("2024-05-06").about(p) for p in who])
    (town.workspace.inbox / "死亡_20240601_全量.csv").write_text(f"什么\n{who[0].number}\n", encoding="utf-8")
    outside = tmp_path / "outside"
    (outside / "tmp").mkdir(parents=True)
    places = {
        "HOME": outside,
        "TMPDIR": outside / "tmp",
        "PREFECT_HOME": outside / "prefect",
        "XDG_CACHE_HOME": outside / "cache",
    }
    env = dict(os.environ) | {k: str(v) for k, v in places.items()}
    commands = (
        ["run", str(town.workspace.root), "--as-of", "2024-06-01"], ["status", str(town.workspace.root)], ["doctor", str(town.workspace.root)],
        ["run", str(town.workspace.root), "--as-of", "2024-05-01"], ["explain", str(town.workspace.root), "--row", "失业登记_20240601_全量.csv:9"],
    )  # fmt: skip
    assert all(said for _, said in zhaoren_in_turn(*commands, into=outside, env=env))
    known = frozenset(p.name for p in who)
    assert len(known) == 3 and all(len(n) == 3 for n in known)
    assert list(scan_folder(outside, known)) == []
    (town.workspace.root / ".work" / "journal.jsonl").write_text(f"办理{who[0].name}\n", encoding="utf-8")
    (town.workspace.inbox / f"死亡_20240602_全量_{who[0].number}.csv").write_text("姓名\n")
    told = [(f.where, f.what) for f in examine(town.workspace) if "出现" in f.what]
    assert [("journal" in where, what.partition("；")[0]) for where, what in told] == [
        (True, "出现已知人员的姓名 1 处"),
        (False, "出现身份证号码 1 处"),
    ]
    assert not any(p.name in repr(told) or p.number in repr(told) for p in who)


CALMED = """
from flows.timetable.prefect_link import calm_prefect
calm_prefect()
from prefect._internal.analytics.enabled import is_telemetry_enabled
from prefect.settings import get_current_settings
print(is_telemetry_enabled(), get_current_settings().server.analytics_enabled)
"""


def test_prefect_tells_nobody_that_it_was_used(tmp_path: Path) -> None:
    """Where nothing but our own start has told it so: neither the tests' surroundings nor a machine of CI."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PREFECT_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", CALMED], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    loud = CALMED.replace("calm_prefect()\n", "\n", 1)
    done = subprocess.run([sys.executable, "-c", loud], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
