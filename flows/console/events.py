"""What happened at the console's doors, for the administrator: signed in, turned away, a password changed. Names of accounts
only: what somebody typed in vain may be a password."""

from datetime import UTC, datetime

from flows.console.state import State

SIGNED_IN, FAILED, SHUT_OUT, REFUSED, PASSWORD = "登录", "登录失败", "失败过多，暂停登录", "无权的页面", "改了密码"
LEFT, ENDED, FORM, SET = "退出", "被管理员退出", "不合格的表单", "密码由别人设定"
KEPT_SECONDS = 180 * 86_400.0
SHOWN = 50


def note(state: State, at: float, account: str, what: str) -> None:
    """Keep one line; those older than half a year go."""
    with state.open() as db:
        known = db.execute("select name from account where name = ?", [account]).fetchone()
        db.execute("insert into event values (?, ?, ?)", [at, known["name"] if known else "", what])
        db.execute("delete from event where at < ?", [at - KEPT_SECONDS])


def latest(state: State, account: str | None = None) -> list[tuple[datetime, str, str]]:
    """When (UTC), whose account ("" for one that is not there), what; the newest first. Of one account, or of all."""
    with state.open() as db:
        rows = db.execute(
            "select at, account, what from event where ?1 is null or account = ?1 order by at desc, rowid desc limit ?2",
            [account, SHOWN],
        ).fetchall()
    return [(datetime.fromtimestamp(row["at"], UTC), row["account"], row["what"]) for row in rows]
