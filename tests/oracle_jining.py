"""济宁市: the oracle's reading of the task table. Ages and durations are the Shandong city's, as the table gives none."""

from datetime import date
from functools import cached_property

from tests.oracle_answers import Answers, surest
from tests.oracle_care import awaits_practice, deregistration, is_result_due
from tests.oracle_classes import Classes
from tests.oracle_facts import (
    benefits,
    ended_benefits,
    has_only_paused_pension,
    is_closed_by_stop,
    is_hired_since,
    last_stoppage,
    month_of,
    months_after,
    surest_jobs,
    worst,
)
from tests.oracle_households import Everybody
from tests.oracle_life import Life, doubt_of_all, speaks, usable
from tests.oracle_rows import Benefit, Row
from tests.oracle_shandong import FIRM_SUBSIDIES
from tests.oracle_truth import Answer, all_of, is_sure, told

LET_GO = ("合同期满", "单位解除", "协商解除", "开除除名")


class Jining(Classes):
    """The key groups of 1(1) and 1(3)."""

    @cached_property
    def lead(self) -> bool:
        """Registered, and nothing sure says that they left the labour market."""
        return self.life.reg is not None and not self.life.has_left

    @cached_property
    def groups(self) -> dict[str, tuple[Answer, tuple[Row | None, ...]]]:
        """Each group, whether the person belongs to it, and by which rows."""
        life = self.life
        return {
            "hardship": (life.recognition is not None, (life.recognition,)),
            "disabled": (life.certificate is not None, (life.certificate,)),
            "poor": (life.poverty is not None, (life.poverty,)),
            "graduate": (self.is_recent_graduate(), (life.graduate,)),
            "SD-2.1": (self.older_in_town, ()),
            "SD-2.2": (self.family_without_work, (life.home,)),
            "SD-2.3": (self.single_parent, (life.marriage, *doubt_of_all(life.child_rows))),
            "SD-2.4": (self.long_unemployed, ()),
            "SD-2.5": (life.dibao is not None, (life.dibao,)),
            "SD-2.7": (self.came_back, ()),
            "SD-2.7_land": (all_of(self.lost_land, not is_sure(self.came_back)), (life.land,)),
        }

    @cached_property
    def in_ledger(self) -> bool:
        return self.lead and any(is_sure(belongs) for belongs, _ in self.groups.values())

    @cached_property
    def on_a_roster(self) -> Row | None:
        """The surest row, good enough to act on, that names them in a group without any further test."""
        life = self.life
        graduate = life.graduate if is_sure(self.is_recent_graduate()) else None
        row = surest(life.recognition, life.certificate, life.poverty, life.dibao, graduate)
        return row if row and row.rank <= 2 else None


def jining(everybody: Everybody, life: Life) -> Answers:
    say, who = Answers("jining", life.person), Jining(everybody, life)
    for group, (belongs, proof) in who.groups.items() if who.lead else ():
        say.ask(f"JN-1.3:{group}", belongs, "L", "ADD", (life.reg, *proof), basis=group.lower().removesuffix("_land"))
    _who_should_register(say, who)
    _whose_registration_ends(say, life)
    _training(say, who)
    _services(say, who)
    _work(say, who)
    return say


def _who_should_register(say: Answers, who: Jining) -> None:
    life, roster = who.life, who.on_a_roster
    unregistered = not life.is_surely_registered and life.is_jobless and not is_closed_by_stop(life.person, life.day)
    say.ask(
        "JN-1.2",
        all_of(unregistered, roster is not None, life.is_working_age),
        "T",
        "NOTIFY",
        (roster,),
        "may-register",
    )
    draws = unregistered and life.benefit is not None
    say.ask("JN-1.6", draws, "T", "NOTIFY", (life.benefit,), "benefit-not-registered")
    _may_draw(say, who)
    was = life.ended_registration
    told = deregistration(life)
    say.ask("JN-1.4a:note", was is not None and told is None, "L", "UPD", (was,), ground="deregistered")
    say.ask("JN-1.4a:decided", told is not None, "L", "UPD", (), ground="deregistered")
    working = surest(life.job, life.employment)
    say.ask("JN-1.4a:reemployed", working is not None, "L", "FLAG_REEMP", (working,), ground="hired")
    say.ask("JN-1.4a:trading", life.licence is not None, "L", "FLAG_REEMP", (life.licence,), ground="licence")


def _may_draw(say: Answers, who: Jining) -> None:
    """Let go, not by one's own will, and insured for the months that the office sets; nothing drawn since."""
    life, stops = who.life, last_stoppage(who.life.person, who.day)
    let_go = life.reg is not None and life.is_jobless and any(s.stop_reason in LET_GO for s in stops)
    over = speaks(usable(ended_benefits(life.person, who.day)), drawn_until)
    draws = bool(usable(benefits(life.person, who.day)))
    drew = over is not None and life.stopped_on is not None and drawn_until(over) > life.stopped_on
    months = told("benefit_months", life.values.get("benefit_months"), sum(who.months or ()).__ge__)
    say.ask(
        "JN-1.6:not_drawing", all_of(let_go, not draws, not drew, months), "T", "NOTIFY", (life.reg, worst(stops)),
        "may-draw-benefit",
    )  # fmt: skip


def drawn_until(benefit: Benefit) -> date:
    """The first day on which nothing is drawn any more."""
    after = months_after(benefit.end_month, 1)
    return min(after, benefit.stop_date) if benefit.stop_date else after


def _whose_registration_ends(say: Answers, life: Life) -> None:
    """The grounds are Inner Mongolia's, as the table lists none. Reaching retirement age is no ground."""
    reg = life.reg
    if reg is None:
        return

    def ends(part: str, ground: str, row: Row | None, basis: str | None = None) -> None:
        say.ask(f"JN-1.4a:{part}", row is not None, "R", "PROP_DEREG", (reg, row), basis, ground)

    if life.way_out:
        ends("left", life.way_out[0], life.gone, basis=life.way_out[0])
    is_paused = has_only_paused_pension(life.person, life.day)
    say.ask("JN-1.4a:pension_paused", is_paused, "R", "REVIEW", (), ground="pension")
    since = surest(*(line for line in surest_jobs(life.jobs) if is_hired_since(line, reg))) if life.jobs else None
    ends("hired", "hired", since)
    say.ask("JN-1.4a:hired_weak", bool(life.jobs) and since is None, "R", "REVIEW", (), ground="hired")
    begun = life.employment if life.employment and life.employment.start_date >= reg.reg_date else None
    ends("registered_job", "employment-registered", begun)
    ends("self_employed", "self-employed", life.shop)
    ends("founded_firm", "founded-firm", life.firm)
    ends("founded_unit", "founded-unit", life.unit)
    unit_weak = life.doubtful_unit is not None and life.unit is None
    say.ask("JN-1.4a:unit_weak", unit_weak, "R", "REVIEW", (), ground="founded-unit")
    weak = life.doubtful_licence is not None and life.licence is None
    say.ask("JN-1.4a:licence_weak", weak, "R", "REVIEW", (), ground="licence")


def _training(say: Answers, who: Jining) -> None:
    life, reg = who.life, who.life.reg
    wish = told("wants_training", life.wants("培训"))
    named = life.times("培训机构信息", since=life.registered_on)
    free = len([c for c in life.courses if c.free and c.start_date.year == who.day.year])
    say.ask("JN-3.1", all_of(who.in_ledger, wish, life.is_working_age), "T", "NOTIFY", (reg,), "training")
    say.ask("JN-3.1:offline", who.in_ledger and awaits_practice(life), "T", "TASK", (reg,), "offline-course")
    say.ask("JN-3.2", all_of(who.in_ledger, wish, who.everybody.keeps_log, named < 1), "T", "GAP", (reg,), "provider")
    say.ask("JN-3.3:cap", free > 3, "T", "ALERT", (), "free-courses")
    unskilled = (is_sure(wish) or free > 0) and who.everybody.has_course_log and life.skills == 0 and not life.has_left
    say.ask("JN-3.3:skill", unskilled, "T", "GAP", (), "skill")
    waiting = [
        c.pass_date
        for c in life.courses
        if c.pass_date and c.pass_date <= who.day and (c.certificate_date is None or who.day < c.certificate_date)
    ]
    late = any(who.day > months_after(passed, 2) for passed in waiting)
    say.ask("JN-3.7", late, "T", "ALERT", (), "certificate-overdue")


def _services(say: Answers, who: Jining) -> None:
    life, reg, month = who.life, who.life.reg, f"{who.day:%Y-%m}"
    say.ask(
        "JN-1.5",
        who.in_ledger and not ((reg and reg.owner) or (life.recognition and life.recognition.owner)),
        "T", "GAP", (reg,), "owner",
    )  # fmt: skip
    called_for = who.in_ledger and life.is_jobless and who.everybody.keeps_log
    guided = life.times("职业指导", since=life.registered_on)
    job = told("wants_job", life.wants("就业"))
    say.ask("JN-4.4", all_of(called_for, job, guided < 3), "T", "GAP", (reg,), "guidance")
    due = who.in_ledger and life.is_jobless and is_result_due(life)
    say.ask("JN-4.4:revisit", due, "T", "TASK", (reg,), "result-revisit")
    first_half = reg is not None and who.day <= months_after(reg.reg_date, 6)
    say.ask("JN-10.1", who.in_ledger and first_half, "T", "TASK", (reg,), "half-year")
    since = month_of(who.day)
    offered = [s for s in life.served if s.service_kind == "岗位推荐" and s.service_date >= since]
    posts = {s.vacancy_no or s.record_id for s in offered}
    say.ask("JN-4.6a", called_for and len(posts) < 3, "T", "GAP", (reg,), f"post:{month}")
    told_of = life.times("公益性岗位信息", since=since)
    say.ask(
        "JN-4.6b", called_for and life.recognition is not None and told_of < 1, "T", "GAP", (reg, life.recognition),
        f"public-info:{month}",
    )  # fmt: skip
    left = life.graduate.leave_date if life.graduate else None
    wish = told("internship_wish", life.graduate and life.graduate.internship_wish)
    say.ask(
        "JN-5.3",
        all_of(who.is_recent_graduate(), wish, life.is_jobless, life.times("见习推荐", since=left) < 1),
        "T", "GAP", (life.graduate,), "internship",
    )  # fmt: skip
    trade = surest(*usable(row for row in (life.licence, life.unit) if row))
    helped = life.times("创业服务", since=life.registered_on)
    say.ask(
        "JN-6.1", who.in_ledger and bool(life.wants("创业") or trade) and helped == 0, "T", "GAP", (reg, trade),
        "startup-counsellor",
    )  # fmt: skip


def _work(say: Answers, who: Jining) -> None:
    life, roster, rec = who.life, who.on_a_roster, who.life.recognition
    say.ask(
        "JN-5.4", all_of(who.lead, life.poverty is not None, life.is_able, life.is_willing, life.is_jobless),
        "T", "TASK", (life.reg, life.poverty), "workshop",
    )  # fmt: skip
    own = life.flexible if not (life.job and life.job.is_firm) and not life.has_left else None
    unregistered = roster is not None and own is not None and not (life.employment and life.employment.is_firm)
    say.ask("JN-5.5", unregistered, "T", "TASK", (own, roster), "register-flexible")
    job = life.job
    if roster and job and job.payer_kind == "单位职工" and not life.has_left:
        lately = job.start_month > months_after(who.day, -12)
        unpaid = not life.is_subsidised(job.start_month, *FIRM_SUBSIDIES)
        firm = f"firm:{job.employer_uscc or job.employer_name or ''}"
        say.ask("JN-8.2:hired", lately and unpaid, "T", "NOTIFY", (job, roster), firm)
    if rec and own:
        unpaid = not life.is_subsidised(own.start_month, "灵活就业社保补贴")
        say.ask("JN-8.2:flexible", unpaid, "T", "NOTIFY", (rec, own), "flexible")
