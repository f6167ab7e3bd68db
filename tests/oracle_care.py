"""What the lists and tasks ask about somebody: columns told, contacts, results asked for, posts, reviews, courses."""

from datetime import date, timedelta

from tests.oracle_households import Everybody
from tests.oracle_life import USABLE, Life, latest, usable
from tests.oracle_rows import Decision, OnList, Service, Vacancy

NO_SERVICE = ("拒绝服务", "主动退出")
ASKS_FOR_RESULTS = ("跟踪回访", "入户走访")
COUNTY = ("审核", "终审")
FILLED_IN = ("education", "skill", "health", "training_wish", "job_need")


# The person


def is_told(life: Life, *columns: str) -> bool:
    """One of these was told at the registration or on the last visit."""
    return any(getattr(row, name) for row in (life.reg, life.visit) if row for name in columns)


def columns_told(life: Life) -> int:
    """Of the six that the Zhongshan plan names: age, education, skills, health, wish for training, need of a job."""
    return len([name for name in FILLED_IN if is_told(life, name)]) + (life.person.birth_date is not None)


def is_clear(life: Life) -> bool:
    """Inner Mongolia's four clears: who they are and where to reach them, skills, wish, need."""
    wish = life.reg is not None and life.reg.wish is not None
    skill, need = is_told(life, "education", "skill"), is_told(life, "training_wish", "job_need")
    return life.person.phone is not None and skill and wish and need


def is_registered_twice(life: Life) -> bool:
    """At once, under different numbers; those without a number are told apart by their day."""
    standing = [
        r
        for r in usable(life.person.registrations)
        if r.reg_date <= life.day and (r.cancel_date is None or life.day < r.cancel_date)
    ]
    return len({r.reg_no or r.reg_date for r in standing}) > 1


def on_list(life: Life) -> OnList | None:
    """Of the union or the women's federation, whom the Zhongshan plan names; it does not name the youth league."""
    mine = [x for x in life.person.on_lists if x.organisation in ("工会", "妇联") and x.list_date <= life.day]
    return min(
        mine, key=lambda x: (x.rank, -x.list_date.toordinal(), x.organisation != "妇联", x.record_id), default=None
    )


# Work


def holds_post(life: Life) -> bool:
    return any(p.is_firm and p.start_date <= life.day and (p.end_date is None or life.day <= p.end_date) for p in life.person.posts)  # fmt: skip


def latest_words(everybody: Everybody) -> dict[str, Vacancy]:
    """Each post by the latest word about it."""
    last: dict[str, Vacancy] = {}
    for v in sorted(everybody.place.vacancies, key=lambda v: v.valid_from):
        if v.valid_from <= everybody.day:
            last[v.vacancy_no] = v
    return last


def public_posts(everybody: Everybody) -> list[Vacancy]:
    """Those open on the day."""
    last = latest_words(everybody)
    return [v for v in last.values() if v.public_welfare and (v.valid_to is None or everybody.day <= v.valid_to)]


def is_employed_since(life: Life, begun: date) -> bool:
    """Registered as employed since then, or an officer confirmed the work since then."""
    registered = [
        e.start_date
        for e in life.person.employments
        if e.is_firm and e.start_date <= life.day and (e.end_date is None or life.day <= e.end_date)
    ]
    return any(day >= begun for day in registered) or life.is_work_confirmed_since(begun)


# Services


def enjoyed(life: Life) -> list[Service]:
    """Who refuses enjoys no service, and who compares data gives none."""
    return [s for s in life.served if s.service_kind not in NO_SERVICE and s.means != "数据比对"]


def is_met(life: Life, first: date, last: date) -> bool:
    """Somebody spoke to them, called on them or wrote to them in that time; who refuses has been reached."""
    days = [s.service_date for s in life.served if s.means != "数据比对"]
    days += [v.visit_date for v in usable(life.person.visits)]
    return any(first <= day <= last for day in days)


def result_open_since(life: Life) -> date | None:
    """The first post recommended in this registration whose result nobody has asked for since."""
    asked = [s.service_date for s in enjoyed(life) if s.service_kind in ASKS_FOR_RESULTS]
    asked += [life.visit.visit_date] if life.visit else []
    since, last = life.registered_on, max(asked, default=date.min)
    offered = [s.service_date for s in life.served if s.service_kind == "岗位推荐"]
    return min((day for day in offered if since and day >= since and day > last), default=None)


def is_result_due(life: Life) -> bool:
    since = result_open_since(life)
    return since is not None and (life.day - since).days >= 30


def awaits_practice(life: Life) -> bool:
    """Passed a course on line, and began no practical one since."""
    courses = usable(life.person.courses)
    practical = [c.start_date for c in courses if c.mode == "线下" and c.start_date <= life.day]
    passed = [c.pass_date for c in courses if c.mode == "线上" and c.pass_date and c.pass_date <= life.day]
    return any(not any(begun >= day for begun in practical) for day in passed)


# Xinyu's two reviews


def first_review(life: Life) -> Decision | None:
    """One that was passed, by the last word of those who do it, and to which the county has given no answer: none about the
    same entry, and no recognition since."""
    told = [d for d in life.person.decisions if d.decided_date <= life.day]
    mine = [d for d in told if d.clause.startswith("XY-1.") and d.op in ("ADD", "UPD")]
    recognised = [r.recognised_date for r in life.person.recognitions if r.is_firm and r.recognised_date <= life.day]

    def is_open(d: Decision) -> bool:
        same = [other for other in told if other.entry_id == d.entry_id]
        spoken_against = [
            o for o in same if o.role == "初审" and o.decision != "确认" and o.decided_date >= d.decided_date
        ]
        answered = [o for o in same if o.role in COUNTY and o.decision in ("确认", "驳回")]
        return not (spoken_against or answered or any(day >= d.decided_date for day in recognised))

    passed = [d for d in mine if d.role == "初审" and d.decision == "确认" and is_open(d)]
    return max(passed, key=lambda d: d.decided_date, default=None)


def approval(life: Life) -> date | None:
    """When the county last said yes, and did not take it back: its register may tell of it later."""
    told = [d for d in life.person.decisions if d.decided_date <= life.day and d.role in COUNTY]
    yes = [d for d in told if d.clause.startswith("XY-1.") and d.op in ("ADD", "UPD") and d.decision == "确认"]

    def stands(d: Decision) -> bool:
        return not any(
            o.entry_id == d.entry_id and o.decision == "驳回" and o.decided_date >= d.decided_date for o in told
        )

    return max((d.decided_date for d in yes if stands(d)), default=None)


def deregistration(life: Life) -> Decision | None:
    """An officer's word on this ledger's own proposal, the last one not taken back, while nobody has registered them since:
    once it counts, which is not before the notice has run."""
    told = [d for d in life.person.decisions if d.decided_date <= life.day]
    since = life.registered_on if life.reg and life.reg.rank <= USABLE else None

    def stands(d: Decision) -> bool:
        against = [o for o in told if o.entry_id == d.entry_id and o.decision == "驳回"]
        return not any(o.decided_date >= d.decided_date for o in against) and (since is None or since <= d.decided_date)

    mine = [d for d in told if (d.clause, d.op, d.decision) == ("JN-1.4a", "PROP_DEREG", "确认") and stands(d)]
    last = min(mine, key=lambda d: (latest(d.decided_date), d.record_id), default=None)
    notice = timedelta(days=life.values.get("notice_days", 0))
    return last if last and last.from_date and max(last.from_date, last.decided_date + notice) <= life.day else None
