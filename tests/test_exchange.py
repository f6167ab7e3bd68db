"""Packages for those who keep a copy: whatever the order they come in, the copy ends in the sender's state, and whatever
is missing, doubled, changed or forked is found."""

import io
import itertools
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.exchange import Received, receive_packages, received_text, send
from flows.settings.read import FILE
from flows.settings.recipients import read_recipients
from flows.workspace import Workspace
from ledger.package import MANIFEST
from schemas.errors import UsageError
from tests.nightshift import Someone, Town, aid, certificate, pension, registered, stop

SPELT = {"packs": ["zhongshan"], "full_id_number": True, "hardship": True, "disability": True}
NIGHTS = ("2024-06-01", "2024-06-02", "2024-06-03")
RECIPIENTS = """
[recipients."中心"]
packs = ["zhongshan", "neimenggu"]
full_id_number = false
hardship = true
disability = true
[recipients."全号"]
packs = ["neimenggu"]
full_id_number = true
hardship = true
disability = true
[recipients."不知困难"]
packs = ["zhongshan", "neimenggu"]
full_id_number = false
hardship = false
disability = false
"""


def hardship_of(town: Town, who: Someone) -> str:
    """The entry that recognises somebody in hardship on the first night."""
    (asked,) = (e["entry_id"] for e in town.entries(who, NIGHTS[0]) if e["track"] == "H")
    return str(asked)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Three nights: somebody comes in, somebody follows, somebody leaves and the first source is taken back. Of one in hardship
    a verdict cannot be carried out, so that it is asked about; on the third night it is given anew, and the question closed."""
    town = Town.found(tmp_path_factory.mktemp("sender") / "ws", "zhongshan", "neimenggu")
    town.tell(town.person("1975-03-01"), stop("2024-04"), registered("2024-05-06", until=NIGHTS[2]))
    town.tell(town.person("1960-05-20", "女"), registered("2024-05-06"), pension("2024-05", since=NIGHTS[1]))
    town.tell(town.person("1988-08-08"), aid("2024-01", since=NIGHTS[1]))
    town.tell(town.person("1985-02-01"), certificate("2020-01-01", "2030-01-01"), stop("2024-04"))
    poor = town.tell(town.person("1988-09-09"), aid("2024-01"), registered("2024-05-06"))
    for day, role in zip(NIGHTS, ("", "走访", "终审"), strict=True):
        if role:
            row = {
                "台账流水号": hardship_of(town, poor),
                "核查结论": "确认",
                "核查人": "王站长",
                "审核环节": role,
                "核查日期": NIGHTS[1],
            }
            town.deliver("核查结果", day, "全量", [row])
        town.night(day)
    with (town.workspace.root / FILE).open("a", encoding="utf-8") as settings:
        settings.write(RECIPIENTS)
    return town


@pytest.fixture(scope="module")
def sent(town: Town, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return send(town.workspace, "中心", tmp_path_factory.mktemp("out"), is_snapshot=False)


def _state(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True) as con:
        return con.execute("from ledger_state order by all").fetchall()


def _rewritten(package: Path, out: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """The package with its facts and files changed and every hash made to fit again."""
    with zipfile.ZipFile(package) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    facts = json.loads(files.pop(MANIFEST))
    change(facts, files)
    facts["files"] = {name: sha256(data).hexdigest() for name, data in files.items()}
    out.mkdir(exist_ok=True)
    with zipfile.ZipFile(out / package.name, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(facts))
        for name, data in files.items():
            archive.writestr(name, data)
    return out / package.name


def test_every_order_of_arrival_ends_in_the_senders_state(town: Town, sent: list[Path], tmp_path: Path) -> None:
    wanted = [tuple(row.values()) for row in town.ask("from ledger_state order by all")]
    assert len({row[0] for row in wanted}) == 5
    hashes = set()
    for number, order in enumerate(itertools.permutations(sent)):
        copy = tmp_path / str(number)
        results = [receive_packages(copy, [package]) for package in order]
        assert sorted(name for r in results for name in r.applied) == [p.name for p in sent]
        assert _state(copy) == wanted
        hashes.add(results[-1].state_sha256)
    assert len(hashes) == 1


def test_a_missing_package_is_named_and_what_follows_waits(sent: list[Path], tmp_path: Path) -> None:
    result = receive_packages(tmp_path / "copy", [sent[0], sent[2]])
    assert (result.applied, result.waiting, result.missing, result.last_run) == ([sent[0].name], [sent[2].name], 2, 1)
    assert "缺第 2 次运行" in received_text(result)
    later = receive_packages(tmp_path / "copy", [sent[1]])
    assert (later.applied, later.missing, later.last_run) == ([sent[1].name, sent[2].name], None, 3)


def test_the_same_package_again_adds_nothing(sent: list[Path], tmp_path: Path) -> None:
    receive_packages(tmp_path / "copy", sent)
    before = (tmp_path / "copy" / "ledger.duckdb").read_bytes()
    again = receive_packages(tmp_path / "copy", sent)
    assert (again.applied, again.repeated) == ([], [p.name for p in sent])
    assert (tmp_path / "copy" / "ledger.duckdb").read_bytes() == before


def test_a_copy_starts_again_from_a_snapshot(town: Town, sent: list[Path], tmp_path: Path) -> None:
    (snapshot,) = send(town.workspace, "中心", tmp_path / "out", is_snapshot=True)
    whole = receive_packages(tmp_path / "whole", sent)
    fresh = receive_packages(tmp_path / "fresh", [snapshot])
    behind = tmp_path / "behind"
    receive_packages(behind, sent[:1])
    caught_up = receive_packages(behind, [snapshot])
    assert {whole.state_sha256} == {fresh.state_sha256, caught_up.state_sha256}
    assert _state(behind) == _state(tmp_path / "fresh") == _state(tmp_path / "whole")
    assert receive_packages(behind, [sent[1]]).repeated == [sent[1].name]


def _drop_an_entry(facts: dict[str, Any], files: dict[str, bytes]) -> None:
    with io.BytesIO() as stream:
        told = pq.read_table(io.BytesIO(files["ledger_entry.parquet"]))
        pq.write_table(told.slice(0, told.num_rows - 1), stream)
        files["ledger_entry.parquet"] = stream.getvalue()


def _no_parquet(facts: dict[str, Any], files: dict[str, bytes]) -> None:
    files["ledger_entry.parquet"] = b"PAR1 not at all"


def _no_entries(facts: dict[str, Any], files: dict[str, bytes]) -> None:
    del files["ledger_entry.parquet"]


def _no_date(facts: dict[str, Any], files: dict[str, bytes]) -> None:
    del facts["as_of"]


WRONG: dict[str, Callable[[dict[str, Any], dict[str, bytes]], None]] = {
    "an entry is left out and every hash fits": _drop_an_entry,
    "the entries cannot be read": _no_parquet,
    "the chain before it is another": lambda facts, files: facts.update(previous="0" * 64),
    "it comes from another ledger": lambda facts, files: facts.update(origin="0" * 64),
    "the recipient sees something else now": lambda facts, files: facts.update(profile={"packs": ["zhongshan"]}),
    "its state is said to be another": lambda facts, files: facts.update(state_sha256="0" * 64),
    "its manifest lacks a fact": _no_date,
    "the entries are missing": _no_entries,
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_package_that_does_not_fit_is_refused_and_changes_nothing(
    change: Callable[[dict[str, Any], dict[str, bytes]], None], sent: list[Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    receive_packages(copy, sent[:1])
    before = _state(copy)
    result = receive_packages(copy, [_rewritten(sent[1], tmp_path / "wrong", change)])
    assert [name for name, _ in result.refused] == [sent[1].name]
    assert result.last_run == 1
    assert _state(copy) == before
    assert receive_packages(copy, sent).last_run == 3


def test_a_fork_under_a_number_that_was_applied_is_refused(sent: list[Path], tmp_path: Path) -> None:
    receive_packages(tmp_path / "copy", sent)
    forked = _rewritten(sent[1], tmp_path / "fork", lambda facts, files: facts.update(head="1" * 64))
    result = receive_packages(tmp_path / "copy", [forked])
    assert "分叉" in result.refused[0][1]


@pytest.mark.parametrize("heads", ["another chain", "none", "too few"])
def test_a_snapshot_of_a_chain_that_went_another_way_is_refused(
    town: Town, sent: list[Path], tmp_path: Path, heads: str
) -> None:
    """It is of a later run, so no number is taken twice: only the heads before it tell."""
    copy = tmp_path / "copy"
    receive_packages(copy, sent[:2])
    (snapshot,) = send(town.workspace, "中心", tmp_path / "out", is_snapshot=True)

    def change(facts: dict[str, Any], _: dict[str, bytes]) -> None:
        facts["heads"] = {"another chain": ["1" * 64] * 3, "none": None, "too few": facts["heads"][:1]}[heads]

    result = receive_packages(copy, [_rewritten(snapshot, tmp_path / "fork", change)])
    assert "分叉" in result.refused[0][1] and result.last_run == 2
    assert receive_packages(copy, [snapshot]).last_run == 3


def test_what_waits_is_not_replaced_by_another_run_of_its_number(sent: list[Path], tmp_path: Path) -> None:
    def forged(facts: dict[str, Any], files: dict[str, bytes]) -> None:
        facts["head"] = "0" * 64

    copy = tmp_path / "copy"
    for _ in "12":  # the same run again is no other
        assert receive_packages(copy, [sent[1]]).waiting == [sent[1].name]
    result = receive_packages(copy, [_rewritten(sent[1], tmp_path / "forged", forged)])
    assert (result.waiting, [name for name, _ in result.refused]) == ([], [sent[1].name])
    assert "waiting 里的同号数据包" in result.refused[0][1]
    assert receive_packages(copy, [sent[0]]).applied == [sent[0].name, sent[1].name]


def test_a_waiting_package_that_spoils_is_named(sent: list[Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    receive_packages(copy, [sent[1]])
    (copy / "waiting" / sent[1].name).write_bytes(b"spoilt")
    result = receive_packages(copy, [sent[0]])
    assert [name for name, _ in result.refused] == [sent[1].name] and result.last_run == 1


def test_a_folder_holds_the_packages_of_one_recipient(town: Town, tmp_path: Path) -> None:
    """Else whoever may see less is handed what was written for another."""
    out = tmp_path / "out"
    whole = send(town.workspace, "全号", out, is_snapshot=False)
    with pytest.raises(UsageError, match="各用一个目录"):
        send(town.workspace, "中心", out, is_snapshot=False)
    whole[1].write_bytes(b"")  # what a power cut may leave
    assert send(town.workspace, "全号", out, is_snapshot=False) == [whole[1]]


def test_a_file_that_is_not_there_and_a_workspace_are_no_receipt(town: Town, sent: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有文件"):
        receive_packages(tmp_path / "copy", [sent[0], tmp_path / sent[1].name])
    with pytest.raises(UsageError, match="是工作区"):
        receive_packages(town.workspace.root, sent)
    assert not (town.workspace.root / "packages").exists()


@pytest.mark.parametrize("name", ["ledger.duckdb", "台账.xlsx", "packages", "waiting"])
def test_what_stands_in_the_place_of_another_in_a_copy_is_named(name: str, sent: list[Path], tmp_path: Path) -> None:
    place = tmp_path / "copy" / name
    place.parent.mkdir()
    place.mkdir() if "." in name else place.touch()
    with pytest.raises(UsageError, match="移到别处"):
        receive_packages(tmp_path / "copy", sent)


def test_a_book_that_a_power_cut_may_take_stands_after_it_was_synced(
    sent: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr("ledger.whole.sync_file", lambda path: synced.append(path.name))
    receive_packages(tmp_path / "copy", sent)
    assert ".台账.xlsx.part" in synced


def test_any_damaged_byte_is_refused_or_has_no_effect(sent: list[Path], tmp_path: Path) -> None:
    data = sent[0].read_bytes()
    whole = receive_packages(tmp_path / "whole", sent[:1]).state_sha256
    for number, at in enumerate(range(0, len(data), max(1, len(data) // 40))):
        hurt = tmp_path / f"{number}" / sent[0].name
        hurt.parent.mkdir()
        hurt.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        result = receive_packages(tmp_path / f"copy{number}", [hurt])
        assert result.refused or result.state_sha256 == whole


def test_a_copy_that_lost_its_ledger_makes_it_again_from_the_packages(sent: list[Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    receive_packages(copy, sent[:2])
    wanted = _state(copy)
    (copy / "ledger.duckdb").write_bytes(b"spoilt")
    receive_packages(copy, [sent[0]])
    assert _state(copy) == wanted


@pytest.mark.parametrize("killed", ["before the first book", "before the next book"])
def test_a_copy_killed_before_it_wrote_its_book_writes_it_the_next_time(
    sent: list[Path], tmp_path: Path, killed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packages are applied by then, so nothing of them is new: the book must say what the ledger says all the same."""
    receive_packages(tmp_path / "whole", sent)
    first = sent if killed == "before the first book" else sent[:1]
    if first != sent:
        receive_packages(tmp_path / "copy", first)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("flows.exchange.write_ledger", _killed)
        receive_packages(tmp_path / "copy", sent)
    (tmp_path / "copy" / ".work").mkdir(exist_ok=True)
    (tmp_path / "copy" / ".work" / "ledger.new").write_bytes(b"half a ledger")
    assert receive_packages(tmp_path / "copy", sent[:1]).applied == []
    book = "台账.xlsx"
    assert (tmp_path / "copy" / book).read_bytes() == (tmp_path / "whole" / book).read_bytes()
    assert not (tmp_path / "copy" / ".work").exists()


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_the_same_run_gives_the_same_bytes(town: Town, sent: list[Path], tmp_path: Path) -> None:
    again = send(town.workspace, "中心", tmp_path, is_snapshot=False)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in sent]
    assert send(town.workspace, "中心", tmp_path, is_snapshot=False) == []


@pytest.mark.parametrize(("name", "is_whole"), [("中心", False), ("全号", True)])
def test_a_recipient_sees_only_what_is_allowed(town: Town, name: str, is_whole: bool, tmp_path: Path) -> None:
    packages = send(town.workspace, name, tmp_path, is_snapshot=False)
    copy = tmp_path / "copy"
    receive_packages(copy, packages)
    with duckdb.connect(str(copy / "ledger.duckdb"), read_only=True) as con:
        entries = con.execute("select id_number, pack, to_json(e)::varchar from ledger_entry as e").fetchall()
    packs = {pack for _, pack, _ in entries}
    assert packs == ({"neimenggu"} if is_whole else {"zhongshan", "neimenggu"})
    whole = [text for _, _, text in entries if re.search(r"[1-9][0-9]{5}(19|20)[0-9]{9}[0-9X]", text)]
    assert bool(whole) is is_whole
    numbers = {who.number for who, _ in town.told}
    for package in packages:
        with zipfile.ZipFile(package) as archive:
            csv = archive.read("台账增量-台账分录.csv").decode("utf-8-sig")
            book = zipfile.ZipFile(io.BytesIO(archive.read("台账增量.xlsx")))
            cells = "".join(book.read(n).decode() for n in book.namelist() if n.endswith(".xml"))
        assert is_whole or not any(n in csv or n in cells for n in numbers)


def test_who_may_not_know_of_hardship_or_disability_learns_nothing_of_it(town: Town, tmp_path: Path) -> None:
    """The state is the sender's but for bases; records of such kinds are named nowhere."""
    copy = tmp_path / "copy"
    receive_packages(copy, send(town.workspace, "不知困难", tmp_path / "out", is_snapshot=False))
    columns = "person_id, pack, track, state, since, needs_decision, len(basis) > 0"
    with duckdb.connect(str(copy / "ledger.duckdb"), read_only=True) as con:
        told = con.execute("select to_json(e)::varchar, clause, track from ledger_entry as e").fetchall()
        state = con.execute(f"select {columns} from ledger_state order by all").fetchall()
    wanted = town.ask(f"select {columns} from ledger_state where track <> 'H' order by all")
    assert state == [tuple(row.values()) for row in wanted]
    hidden = [text for text, clause, _ in told if clause == "hidden"]
    assert len(hidden) == 5 and "H" not in {track for *_, track in told}  # with the notice of a decision
    assert not any(word in text for text, *_ in told for word in ("残疾", "低保", "NM-1.3a", "disab"))
    assert any(clause != "hidden" for _, clause, _ in told)


def test_what_is_asked_about_a_hidden_entry_is_hidden_too(town: Town, tmp_path: Path) -> None:
    """A verdict that cannot be carried out is a T REVIEW of the same clause and basis, and so is what closes it."""
    (who,) = {who for who, _ in town.told if who.birth == date(1988, 9, 9)}
    asked, person = hardship_of(town, who), town.person_id(who)
    posted = town.ask("select entry_id from ledger_entry where track = 'T' and ground = 'decision'")
    assert len(posted) == 2
    copy = tmp_path / "copy"
    receive_packages(copy, send(town.workspace, "不知困难", tmp_path / "out", is_snapshot=False))
    with duckdb.connect(str(copy / "ledger.duckdb"), read_only=True) as con:
        told = con.execute(
            "select entry_id, clause, decision_entry, to_json(e)::varchar from ledger_entry as e"
        ).fetchall()
    about = [e for e in told if {"entry_id": e[0]} in posted]
    assert [(clause, named) for _, clause, named, _ in about] == [("hidden", None)] * 2
    assert not [text for *_, text in told if re.search(rf"(?<![\d-]){asked}(?![\d-])", text)]
    own = [text for *_, text in told if person in text]
    assert len(own) > 2 and not any(word in text for text in own for word in ("NM-1.3a", "low_income", "认定"))


def test_a_recipient_that_nobody_named_gets_nothing(town: Town, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有接收方"):
        send(town.workspace, "别处", tmp_path, is_snapshot=False)


@pytest.mark.parametrize(
    "given",
    [{"packs": ["zhongshan"]}, SPELT | {"packs": "zhongshan"}, SPELT | {"full_id_number": 1}, 3],
    ids=["a switch left out", "packs not a list", "a switch that is no switch", "no section"],
)
def test_a_recipient_must_be_spelt_out(given: Any) -> None:
    with pytest.raises(ValueError, match="recipients"):
        read_recipients({"中心": given})


def test_nothing_found_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="没有找到数据包"):
        receive_packages(tmp_path / "copy", [tmp_path / "empty"])
    assert not (tmp_path / "copy").exists()


def test_a_workspace_of_its_own_is_another_ledger(town: Town, sent: list[Path], tmp_path: Path) -> None:
    other = Town.found(tmp_path / "other", "zhongshan")
    other.tell(other.person("1979-01-01"), stop("2024-04"))
    other.night(NIGHTS[0])
    shutil.copyfile(town.workspace.root / FILE, other.workspace.root / FILE)
    packages = send(Workspace(other.workspace.root), "中心", tmp_path / "out", is_snapshot=False)
    receive_packages(tmp_path / "copy", sent[:1])
    result: Received = receive_packages(tmp_path / "copy", packages)
    assert "另一个台账" in result.refused[0][1]
