"""Who may ask for what. A route that no line names is refused for everybody, and so is a role that its line does not name."""

OFFICER, REVIEWER, AUDITOR, ADMINISTRATOR = ROLES = ("officer", "reviewer", "auditor", "administrator")
ROLE_WORDS = {OFFICER: "经办", REVIEWER: "复核", AUDITOR: "审计", ADMINISTRATOR: "管理员"}
# Which steps of a decision each role may sign; "" is none named.
STAGES = {OFFICER: ("初审", "走访", ""), REVIEWER: ("审核", "终审", ""), AUDITOR: (), ADMINISTRATOR: ()}
OPEN = frozenset({"nobody"})  # also for those who are not signed in
ALL = frozenset(ROLES)
DECIDE = frozenset({OFFICER, REVIEWER})
LOOK = frozenset({OFFICER, REVIEWER, AUDITOR})
AUDIT = frozenset({AUDITOR})
ADMIN = frozenset({ADMINISTRATOR})

RIGHTS: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/static/{name}"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("POST", "/sign-out"): ALL,
    ("GET", "/"): ALL,
    ("GET", "/review"): LOOK,
    ("GET", "/review/{sheet}/{question}"): LOOK,
    ("POST", "/review/{sheet}/{question}"): DECIDE,
    ("POST", "/review/{sheet}/{question}/whole"): LOOK,
    ("POST", "/undo"): DECIDE,
    ("GET", "/drafts"): DECIDE,
    ("POST", "/drafts"): DECIDE,
    ("POST", "/blind"): DECIDE,
    ("GET", "/search"): LOOK,
    ("POST", "/search"): LOOK,
    ("GET", "/person/{person_id}"): LOOK,
    ("POST", "/person/{person_id}/whole"): LOOK,
    ("GET", "/entry/{entry_id}"): LOOK,
    ("POST", "/entry/{entry_id}/whole"): LOOK,
    ("GET", "/row/{delivery_id}"): LOOK,
    ("GET", "/row/{delivery_id}/{row_no}"): LOOK,
    ("POST", "/row/{delivery_id}/{row_no}/whole"): LOOK,
    ("POST", "/row/{delivery_id}/{row_no}/first"): LOOK,
    ("GET", "/file/{delivery_id}"): LOOK,
    ("GET", "/clause/{pack}/{rule_id}"): LOOK,
    ("GET", "/run/{run_no}"): LOOK,
    ("GET", "/password"): ALL,
    ("POST", "/password"): ALL,
    ("POST", "/password/sign-out"): ALL,
    ("GET", "/audit"): AUDIT,
    ("POST", "/audit/verify"): AUDIT,
    ("GET", "/audit/again/{run_no}"): AUDIT,
    ("POST", "/audit/again/{run_no}"): AUDIT,
    ("GET", "/audit/sample"): AUDIT,
    ("POST", "/audit/sample"): AUDIT,
    ("POST", "/person/{person_id}/case-file"): AUDIT,
    ("GET", "/accounts"): ADMIN,
    ("POST", "/accounts/sign-out"): ADMIN,
}


def may(role: str | None, method: str, path: str) -> bool:
    """Whether somebody of this role (None: not signed in) may ask for a route, by the path it is declared with."""
    allowed = RIGHTS.get((method, path), frozenset())
    return allowed == OPEN or role in allowed
