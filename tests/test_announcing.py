"""How a scheduled night ended reaches a web address and a mailbox; what cannot be reached is named by its line, never by itself."""

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.doctor.examine import examine
from flows.settings.read import read_settings
from flows.timetable.announcing import announce, read_addresses
from flows.workspace import Workspace, init_workspace
from schemas.errors import UsageError, WorkspaceBusy

NOWHERE = "http://127.0.0.1:9/hook?key=secret-token"


class Hook(HTTPServer):
    """A web address that remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Posted)
        self.posted: list[dict[str, object]] = []


class Posted(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Mailbox(socketserver.ThreadingTCPServer):
    """As little of a mail server as takes a letter."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Letter)
        self.letters: list[str] = []


class Letter(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline().strip():
            if line.upper() == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def told_at(tmp_path: Path, *addresses: str, when: str = "") -> Workspace:
    workspace = init_workspace(tmp_path / "ws", ["zhongshan"])
    (tmp_path / "to").write_text("# 谁\n" + "\n".join(addresses), encoding="utf-8")
    with (workspace.root / "zhaoren.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[announce]\naddresses = "{tmp_path / "to"}"\n{when}\n')
    return workspace


def test_a_web_address_is_told_what_robots_and_others_read(tmp_path: Path, hook: Hook) -> None:
    workspace = told_at(tmp_path, f"http://127.0.0.1:{hook.server_port}/robot")
    assert announce(workspace, "held", "退出 12 人，超出范围") == []
    (posted,) = hook.posted
    assert posted["title"] == "找人 zhaoren：ws 本夜被熔断扣住，没有发布"
    assert posted["text"] == {"content": f"{posted['title']}\n退出 12 人，超出范围"}


def test_a_mailbox_is_told(tmp_path: Path, mailbox: Mailbox) -> None:
    port = mailbox.server_address[1]
    workspace = told_at(tmp_path, f"mailto://127.0.0.1:{port}?from=night@example.cn&to=office@example.cn&mode=insecure")
    assert announce(workspace, "failed", "磁盘已满") == []
    (letter,) = mailbox.letters
    assert "office@example.cn" in letter and "Subject:" in letter


def test_an_end_that_nobody_asked_for_is_not_told(tmp_path: Path, hook: Hook) -> None:
    workspace = told_at(tmp_path, f"http://127.0.0.1:{hook.server_port}/", when='when = ["failed"]')
    assert announce(workspace, "refused", "…") == announce(workspace, "done", "…") == []
    assert not hook.posted


def test_who_cannot_be_reached_is_named_by_line_and_the_next_is_told(tmp_path: Path, hook: Hook) -> None:
    workspace = told_at(tmp_path, NOWHERE, f"http://127.0.0.1:{hook.server_port}/")
    (problem,) = announce(workspace, "failed", "…")
    assert "第 2 行" in problem and "secret" not in problem and len(hook.posted) == 1


def test_a_number_in_a_file_name_is_not_told(tmp_path: Path, hook: Hook) -> None:
    workspace = told_at(tmp_path, f"http://127.0.0.1:{hook.server_port}/")
    announce(workspace, "failed", "15010219850704321X_20240630.csv 读不出")
    assert "19850704" not in json.dumps(hook.posted)


@pytest.mark.parametrize("line", ["not-an-address", "mailtos://", "ftp://example.cn"])
def test_what_is_no_address_is_said_before_the_first_night(tmp_path: Path, line: str) -> None:
    workspace = told_at(tmp_path, line)
    with pytest.raises(UsageError, match="第 2 行"):
        read_addresses(workspace, read_settings(workspace.root))
    assert "第 2 行" in announce(workspace, "failed", "…")[0]


def test_addresses_lie_outside_the_workspace(tmp_path: Path) -> None:
    workspace = told_at(tmp_path)
    text = (workspace.root / "zhaoren.toml").read_text(encoding="utf-8")
    (workspace.root / "zhaoren.toml").write_text(text.replace(str(tmp_path / "to"), "./to"), encoding="utf-8")
    with pytest.raises(UsageError, match="工作区里"):
        read_addresses(workspace, read_settings(workspace.root))


@pytest.mark.parametrize("wrong", ['addresses = "https://example.cn/x"', 'when = ["never"]', 'when = "done"', "to = 1"])
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, wrong: str) -> None:
    workspace = init_workspace(tmp_path / "ws", ["zhongshan"])
    with (workspace.root / "zhaoren.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[announce]\n{wrong}\n")
    with pytest.raises(UsageError, match="announce"):
        read_settings(workspace.root)


@pytest.mark.prefect
def test_a_night_waits_for_who_holds_the_workspace_and_tries_a_failing_disk_again() -> None:
    from flows.timetable.scheduled import WAITS, _sentence, patiently

    full = RuntimeError("IO Error: Could not write file: No space left on device")  # as DuckDB says it
    ends: list[object] = [WorkspaceBusy("busy"), OSError("disk"), full, "sealed"]
    waited: list[float] = []

    def night() -> Any:
        end = ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    outcome: object = patiently(night, lambda _: None, waited.append)
    assert outcome == "sealed" and waited == list(WAITS[:3])
    assert _sentence(full).startswith("磁盘满了")
    ends[:] = [WorkspaceBusy("busy")] * 9
    with pytest.raises(WorkspaceBusy):
        patiently(night, lambda _: None, waited.append)
    ends[:] = [UsageError("settings"), "never asked"]
    with pytest.raises(UsageError):
        patiently(night, lambda _: None, waited.append)


def test_doctor_says_which_line_is_no_address(tmp_path: Path) -> None:
    found = [f for f in examine(told_at(tmp_path, "not-an-address")) if f.where == "通知"]
    assert len(found) == 1 and "第 2 行" in found[0].what and not found[0].stops
