"""`zhaoren.toml` read once into one frozen object."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.engines.settings import KEYS as ENGINE_KEYS
from flows.engines.settings import EngineSettings, read_engine
from flows.settings.announce import Announce, read_announce
from flows.settings.breaker import KEYS, read_bands
from flows.settings.console import ConsoleTimes, read_console
from flows.settings.machine import KEYS as MACHINE_KEYS
from flows.settings.machine import Machine, read_machine
from flows.settings.packs import Values, read_parameters
from flows.settings.readers import read_readers
from flows.settings.recipients import Recipient, read_recipients
from flows.settings.retention import Retention, read_retention
from flows.settings.sources import Source, band, number, read_sources
from intake.read import Habits
from ledger.breaker import Bands
from schemas.errors import UsageError, say
from schemas.extracts import LAYOUTS
from schemas.readers import READERS, Reader

FILE = "zhaoren.toml"
TEMPLATE = """# 找人 zhaoren 工作区设置。改动后下一次运行生效。
packs = [{packs}]

[files]
# 不合「类别_YYYYMMDD_全量或增量」命名的文件，用正则表达式写明：须有具名组 kind、date、coverage。
# patterns = ['^(?P<kind>死亡)名单(?P<date>[0-9]{{8}})(?P<coverage>全量)$']
patterns = []
# 同一类别由几个地方分别报送时，写出文件名里出现的地方名；各地各算一个来源。
areas = []

# 某机构的列名与约定不同时，在此写明（按类别）：
# [aliases.low_income]
# householder_id = ["身份证号"]

[bands]
# 全量文件比上次少于这个比例、且少了这么多行以上时，扣下不用；比上次多到这么多倍、且多了这么多行以上时也扣下。
shrink_share = 0.5
shrink_rows = 3
grow_times = 5
grow_rows = 1000

# 各来源的习惯（按类别；同一类别分地区报送时写「类别@地区」）：几天内应有新数据，逾期视为迟报；本地代码的含义；
# 不用引号的分隔符；定长文件各列的起止字节。
# [sources.insurance_stop]
# days = 7
# delimiter = "||"
# fixed_width = [["姓名", 1, 20], ["证件号码", 21, 38]]
# [sources.insurance_stop.codes."停保原因"]
# "05" = "退休"

[ledger]
# 离开台账后这么多天之内又回来的，算同一个案子。
case_gap_days = 30

[workbooks]
# 信息中心需要完整证件号码才能导入时改为 true（只影响《台账增量》和《回写》）；其余一律遮蔽第 7 至 14 位。
full_id_number = false
rows_per_sheet = 5000
# 运行报告和各簿封面、表头的语言：zh 或 en。条款、原因和数据照原文。
language = "zh"

# 保存期限（天）：原始文件、工作簿、已失效的行、与名册无关的人的行。没有写的一直保存；先用 zhaoren retention 看会销毁什么。
# [retention]
# archive_days = 3650
# workbook_days = 1095
# ended_days = 1825
# stranger_days = 365
# backups = ["/mnt/backup/找人"]
# [retention.income]
# stranger_days = 180

# 各类读者在工作簿里看到什么（officer 就业服务机构、town 镇街、centre 信息中心、auditor 审计和基金监督、public 可公开）：
# names、id_number、phone、address 为 "full"、"masked" 或 "none"；hardship、disability 为能否看到谁有困难、谁有残疾。
# [readers.auditor]
# names = "masked"
# disability = false

# 台账数据包（zhaoren send）发给谁，各能看到什么：
# [recipients."市信息中心"]
# packs = ["zhongshan"]
# full_id_number = false
# hardship = true
# disability = false
# 外发的工作簿要加密码的（zhaoren handout），写明各接收方的密码文件，放在工作区以外：
# [passwords]
# "苍榆镇" = "/media/key/cangyu.password"
# 用 zhaoren keys new 生成签名密钥，放在工作区以外（最好是另一块盘），在此写明；每次运行的清单都用它签名。
# [signing]
# key = "/media/key/zhaoren.key"
# 用 zhaoren keys new-at-rest 生成存放密钥，放在工作区以外；archive 里的原始文件用它逐个加密（见 docs/at-rest.md）。
# [at_rest]
# key = "/media/key/archive.key"
# 再写明在哪里打开（内存盘或加密的卷，在工作区以外），runs 里的表和工作簿也加密存放。
# open_at = "/dev/shm"
# 政策包须由改动者和运行者以外的人批准（zhaoren approve）时，写明批准人的公钥和批准记录，都在工作区以外：
# [approval]
# keys = ["/media/approver/approver.key.pub"]
# file = "/media/approver/approvals.jsonl"
# 每次运行后，把清单的 sha256 追加到这些文件（另一块盘、共享目录）；verify 会与之对照。
# [heads]
# copies = ["/mnt/archive/zhaoren-heads.jsonl"]
# 定时运行（zhaoren schedule）怎样结束，用邮件或群机器人告诉谁：地址写在工作区以外的文件里，一行一个（写法见 docs/operations.md）；
# 哪些结局要告诉：done 完成，refused 有文件没有收下，held 被熔断扣住，failed 没有走完。
# [announce]
# addresses = "/media/key/zhaoren.addresses"
# when = ["refused", "held", "failed"]
[review]
# 每夜的《待核查》每张表最多列多少条，按最可能属实的在前；其余写入旁边的 CSV，计数写在表末。
capacity = 2000

[console]
# 浏览器核查台：几分钟不操作、或登录满几小时以后须重新登录。
idle_minutes = 15
longest_hours = 10

# 一夜最多用多少内存，溢出到磁盘的临时数据最多占多少；不写则内存按机器的一半、至多各 2 GB，磁盘不限。
# [machine]
# memory = "4GB"
# spill = "20GB"
"""
SECTIONS = {
    "packs": None,
    "files": {"patterns", "areas"},
    "aliases": None,
    "bands": {"shrink_share", "shrink_rows", "grow_times", "grow_rows"},
    "sources": None,
    "parameters": None,
    "recipients": None,
    "retention": None,
    "breaker": KEYS,
    "ledger": {"case_gap_days"},
    "readers": None,
    "workbooks": {"full_id_number", "rows_per_sheet", "language"},
    "signing": {"key"},
    "approval": {"keys", "file"},
    "passwords": None,
    "announce": None,
    "heads": {"copies"},
    "review": {"capacity"},
    "engine": ENGINE_KEYS,
    "console": {"idle_minutes", "longest_hours"},
    "at_rest": {"key", "old_keys", "lost", "open_at"},
    "machine": MACHINE_KEYS,
}


@dataclass(frozen=True)
class AtRest:
    """The paths of the key that encrypts kept files ("": they are plain) and of those that did before; ids of lost ones.
    `open_at`: the folder where sealed runs are opened ("": they lie plain)."""

    key: str = ""
    open_at: str = ""
    old_keys: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approval:
    """The paths of the public keys whose holders approve packs (none: no approval is asked for), and of their approvals."""

    keys: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Settings:
    """What an office decides about its workspace. `aliases` is by kind, then field; `sources` by kind or kind@area;
    `parameters` by pack; `passwords`: the path of a password file by recipient; `signing_key` is the path of the key that signs ("": unsigned), `head_copies` those of head logs."""

    packs: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    aliases: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    bands: Source = field(default_factory=Source)
    sources: Mapping[str, Source] = field(default_factory=dict)
    parameters: Values = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    readers: Mapping[str, Reader] = field(default_factory=lambda: READERS)
    rows_per_sheet: int = 5000
    language: str = "zh"
    signing_key: str = ""
    at_rest: AtRest = field(default_factory=AtRest)
    approval: Approval = field(default_factory=Approval)
    passwords: Mapping[str, str] = field(default_factory=dict)
    announce: Announce = field(default_factory=Announce)
    head_copies: tuple[str, ...] = ()
    breaker: Bands = field(default_factory=Bands)
    case_gap_days: int = 30
    review_capacity: int = 2000
    engine: EngineSettings = field(default_factory=EngineSettings)
    console: ConsoleTimes = field(default_factory=ConsoleTimes)
    machine: Machine = field(default_factory=Machine)

    def habits(self, kind: str, office: str = "") -> Habits:
        """How that office writes its files."""
        source = self.source(kind, office)
        return Habits(self.aliases.get(kind, {}), source.codes, source.delimiter, source.fixed_width)

    def source(self, kind: str, office: str = "") -> Source:
        """The habits of one office for one kind."""
        return self.sources.get(f"{kind}@{office}", self.sources.get(kind, self.bands))


def settings_text(workspace: Path) -> str:
    """The workspace's zhaoren.toml as it is written."""
    return (workspace / FILE).read_text(encoding="utf-8-sig")


def read_settings(workspace: Path) -> Settings:
    """The workspace's settings. Raises: UsageError, naming what is wrong and where."""
    path = workspace / FILE
    if not path.is_file():
        raise UsageError(
            say(
                f"{workspace} 不是工作区（没有 {FILE}）；请先运行 zhaoren init 目录 --pack 政策包。",
                f"{workspace} is not a workspace (no {FILE}); run zhaoren init DIR --pack PACK first.",
            )
        )
    try:
        return _settings(tomllib.loads(settings_text(workspace)), workspace)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            say(f"{FILE} 不是有效的 TOML：{error}；请改正该行。", f"{FILE} is not valid TOML: {error}.")
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            say(f"{FILE} 不是 UTF-8 编码；请用 UTF-8 另存。", f"{FILE} is not in UTF-8; save it again as UTF-8.")
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            say(f"{FILE} 的设置不对：{error}；请改正。", f"A setting in {FILE} is wrong: {error}.")
        ) from None


def _settings(data: Mapping[str, Any], workspace: Path) -> Settings:
    _refuse_unknown(data)
    packs = data.get("packs")
    if not isinstance(packs, list) or not packs or not all(isinstance(pack, str) for pack in packs):
        raise ValueError("packs 应列出至少一个政策包")
    files, bands, books = data.get("files", {}), data.get("bands", {}), data.get("workbooks", {})
    base = Source(**{k: band("bands", k, v) for k, v in bands.items()})
    sources = read_sources(data.get("sources", {}), base)
    return Settings(
        packs=tuple(_pack_place(str(p), workspace) for p in packs),
        patterns=tuple(_pattern(p) for p in _texts("[files] patterns", files.get("patterns", []))),
        areas=_texts("[files] areas", files.get("areas", [])),
        aliases=_aliases(data.get("aliases", {})),
        bands=base,
        sources=sources,
        parameters=read_parameters(data.get("parameters", {})),
        recipients=read_recipients(data.get("recipients", {})),
        retention=read_retention(data.get("retention", {}), [*sources.values(), base]),
        readers=read_readers(
            data.get("readers", {}), _yes_or_no("workbooks.full_id_number", books.get("full_id_number", False))
        ),
        rows_per_sheet=_at_least_one("workbooks.rows_per_sheet", books.get("rows_per_sheet", 5000)),
        language=_language(books.get("language", "zh")),
        signing_key=str(data.get("signing", {}).get("key", "")),
        at_rest=_at_rest(data.get("at_rest", {})),
        approval=_approval(data.get("approval", {})),
        passwords=_passwords(data.get("passwords", {})),
        announce=read_announce(data.get("announce", {})),
        head_copies=_texts("[heads] copies", data.get("heads", {}).get("copies", [])),
        breaker=read_bands(data.get("breaker", {})),
        case_gap_days=number("ledger.case_gap_days", data.get("ledger", {}).get("case_gap_days", 30), whole=True),
        review_capacity=_at_least_one("review.capacity", data.get("review", {}).get("capacity", 2000)),
        engine=read_engine(data.get("engine", {})),
        console=read_console(data.get("console", {})),
        machine=read_machine(data.get("machine", {})),
    )


def _texts(where: str, given: Any) -> tuple[str, ...]:
    """Raises: ValueError; one text alone would be read letter by letter."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError(f'{where} 应是列表，如 ["…", "…"]')
    return tuple(given)


def _yes_or_no(where: str, given: Any) -> bool:
    """Raises: ValueError; "false" in quotes would count as yes."""
    if not isinstance(given, bool):
        raise ValueError(f"{where} 只能是 true 或 false，不加引号")
    return given


def _language(value: Any) -> str:
    """Raises: ValueError."""
    if value not in ("zh", "en"):
        raise ValueError("workbooks.language 只能是 zh 或 en")
    return str(value)


def _at_rest(data: Mapping[str, Any]) -> AtRest:
    lists = {name: _texts(f"[at_rest] {name}", data.get(name, [])) for name in ("old_keys", "lost")}
    return AtRest(str(data.get("key", "")), str(data.get("open_at", "")), **lists)


def _approval(data: Mapping[str, Any]) -> Approval:
    """Raises: ValueError where only one of the two is there."""
    approval = Approval(_texts("[approval] keys", data.get("keys", [])), str(data.get("file", "")))
    if bool(approval.keys) != bool(approval.file):
        raise ValueError("[approval] 的 keys 和 file 应一起写明")
    return approval


def _passwords(data: Mapping[str, Any]) -> dict[str, str]:
    """Raises: ValueError; a password itself does not belong into settings, which every run seals."""
    if not all(isinstance(path, str) and "/" in path for path in data.values()):
        raise ValueError('passwords 应写成 "接收方" = "密码文件的路径"，密码文件放在工作区以外')
    return dict(data)


def _at_least_one(where: str, value: Any) -> int:
    """Raises: ValueError."""
    if not number(where, value, whole=True):
        raise ValueError(f"{where} 应至少为 1")
    return int(value)


def _pack_place(name: str, workspace: Path) -> str:
    """A path of the office's own pack is taken from the workspace, wherever the night is started from."""
    own = workspace.resolve() / name
    return str(own) if "/" in name and own.exists() else name


def _refuse_unknown(data: Mapping[str, Any]) -> None:
    """A mistyped name would leave a setting silently at its default."""
    if unknown := set(data) - set(SECTIONS):
        raise ValueError(f"不认识 {'、'.join(sorted(unknown))}")
    for section, known in SECTIONS.items():
        if section != "packs" and not isinstance(data.get(section, {}), Mapping):
            raise ValueError(f"[{section}] 应是一节设置，写作 [{section}] 和它下面的各行")
        if known is not None and (unknown := set(data.get(section, {})) - known):
            raise ValueError(f"[{section}] 不认识 {'、'.join(sorted(unknown))}")


def _pattern(text: str) -> str:
    import re

    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"patterns 中的正则表达式有误（{error}）") from None
    return text


def _aliases(data: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    for kind, fields in data.items():
        if kind not in LAYOUTS:
            raise ValueError(f"aliases 中没有 {kind} 这个类别")
        strange = set(fields) - set(LAYOUTS[kind].fields)
        if strange:
            raise ValueError(f"aliases.{kind} 中没有 {'、'.join(sorted(strange))} 这个字段")
    return {kind: {f: tuple(names) for f, names in fields.items()} for kind, fields in data.items()}
