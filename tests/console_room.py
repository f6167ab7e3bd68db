"""A console over a workspace with open questions, made without a night, and browsers without a browser: one client an account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from flows.console import accounts
from flows.console.app import create_app
from flows.console.rights import ROLES
from flows.console.state import State
from flows.workspace import Workspace

URL = "http://127.0.0.1:8765"
PASSWORD = "long enough to be a password"
NAMES = {"officer": "李四", "reviewer": "王五", "auditor": "赵六", "administrator": "孙七"}
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # as many as the tests need, in no time
FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 0.001  # two clicks are never at once
        return self.now


class Browser:
    """One account's pages; forms carry the key of the page asked for last."""

    def __init__(self, app: FastAPI, name: str = "") -> None:
        self.client = TestClient(app, base_url=URL, follow_redirects=False)
        self.name = name
        self.form_key = ""
        if name:
            self.sign_in(name)

    def get(self, path: str) -> Response:
        page = self.client.get(path)
        if found := FORM_KEY.search(page.text):
            self.form_key = found[1]
        return page

    def post(self, path: str, form: Mapping[str, Any] | None = None, *, form_key: str | None = None) -> Response:
        key = self.form_key if form_key is None else form_key
        return self.client.post(path, data={**(form or {}), "form_key": key})

    def sign_in(self, name: str, password: str = PASSWORD) -> Response:
        self.get("/sign-in")
        answer = self.post("/sign-in", {"name": name, "password": password})
        if answer.status_code == 303:
            self.get("/")
        return answer


@dataclass
class Room:
    """A console, its clock, and a browser for every role."""

    workspace: Workspace
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        accounts.HASHER = QUICK
        state = State(self.workspace.console)
        for role, name in NAMES.items():
            accounts.add_account(state, name, role, PASSWORD)
        self.app = create_app(self.workspace, clock=self.clock)
        self.state: State = self.app.state.desk.state

    def browser(self, role: str) -> Browser:
        assert role in ROLES
        return Browser(self.app, NAMES[role])

    def access_lines(self) -> list[str]:
        log: Path = self.workspace.access_log
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []
