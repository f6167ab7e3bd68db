"""新余市: the oracle's reading of the measures on recognising people in hardship. Its values stand here as numbers."""

from datetime import timedelta
from functools import cached_property
from hashlib import md5

from tests.oracle_answers import Answers, surest
from tests.oracle_care import approval, first_review, holds_post
from tests.oracle_classes import Classes
from tests.oracle_facts import has_only_paused_pension, months_after
from tests.oracle_households import Everybody
from tests.oracle_life import Life
from tests.oracle_money import subsidy_months
from tests.oracle_rows import Recognition, Row
from tests.oracle_shandong import family_works, hired, overlaps, says_no, silent, subsidies, unless_kept, worker
from tests.oracle_truth import DOUBT, Answer, Missing, all_of, any_of, is_sure, may_be, told

AREAS = ("3605", "新余", "江西省新余", "江西新余", "本市")
# Whose months the documents cap, by item.
CAPPED = {"firm": "单位社保补贴", "flexible": "灵活就业社保补贴", "post": "岗位补贴", "public_post": "公益性岗位补贴"}


class Xinyu(Classes):
    """Article one: who may be recognised."""

    @cached_property
    def lead(self) -> Answer:
        life = self.life
        return all_of(
            life.stands(life.reg), life.is_able, life.is_willing, life.is_working_age, life.is_jobless, self.is_local,
        )  # fmt: skip

    @property
    def is_local(self) -> Answer:
        """A doubtful line in the book sends nobody away."""
        home, areas = self.life.home, tuple(self.values.get("home_areas", AREAS))
        answer = told("hukou_area", home.hukou_area if home else None, lambda a: a.replace(" ", "").startswith(areas))
        is_doubted = answer is False and home and not home.is_firm
        return DOUBT if is_doubted or self.life.is_open(home) else answer

    @cached_property
    def family_out_of_work(self) -> Answer:
        """In town, and nobody of working age works; one person is a family."""
        return all_of(
            self.life.is_urban, self.in_family("working_age", lambda n: n >= 1),
            self.in_family("working", lambda n: n == 0),
        )  # fmt: skip

    def fits(self, without: str = "") -> Answer:
        """A class of article one. To keep somebody, a family without work is not enough: a certificate shows it."""
        life = self.life
        if self.lead is False:
            return False
        classes = {
            "older": self.older, "certificate": life.stands(life.certificate), "poverty": life.stands(life.poverty),
            "land": life.stands(life.land), "family": self.family_out_of_work,
        }  # fmt: skip
        return all_of(self.lead, any_of(*(a for name, a in classes.items() if name not in without.split())))

    @cached_property
    def is_locked(self) -> bool:
        """Three months after the exit one may apply again, that day included."""
        left = self.life.exited.exit_date if self.life.exited else None
        return left is not None and self.day < months_after(left, 3)

    @cached_property
    def has_changed(self) -> bool:
        """A fact younger than the exit: registration, certificate, listing, loss of land, or the age reached since."""
        life, person = self.life, self.life.person
        left = life.exited.exit_date if life.exited else None
        days = [
            life.registered_on,
            life.certificate.issue_date if life.certificate else None,
            life.poverty.from_date if life.poverty else None,
            life.land.lost_date if life.land else None,
        ]
        if person.birth_date:
            days.append(months_after(person.birth_date, 12 * (40 if person.sex == "女" else 50)))
        return left is not None and any(d is not None and left < d <= self.day for d in days)


def xinyu(everybody: Everybody, life: Life) -> Answers:
    say, who = Answers("xinyu", life.person), Xinyu(everybody, life)
    _who_may_be_recognised(say, who)
    if life.recognition:
        _who_should_leave(say, who)
        _whose_basis_lapsed(say, who)
        _what_is_promised(say, who)
        hired(say, life, "XY-4.4:hired")
        proof = (life.recognition, life.licence)
        say.ask("XY-4.4:trading", life.licence is not None, "L", "FLAG_REEMP", proof, "licence", "licence")
        subsidies(say, life, "XY-4.4:firm", "XY-4.4:flexible", "XY-4.4:startup")
    if life.exited and not life.is_surely_recognised:
        _who_left_before(say, who)
    _surveys(say, who)
    _reviews(say, who)
    if life.recognition and not life.has_left:
        _is_looked_after(say, who, life.recognition)
    for part, item in CAPPED.items():
        months = subsidy_months(life, item)
        over = told("subsidy_cap_months", life.values.get("subsidy_cap_months"), months.__gt__)
        say.ask(f"XY-3.8:{part}", all_of(bool(life.subsidies), over), "T", "ALERT", (), f"cap:{part}")
    overlaps(say, life, "XY-7.2")
    return say


def is_free(who: Xinyu) -> bool:
    """Not recognised, and not shut out for three months or for want of a change."""
    life = who.life
    return not life.is_surely_recognised and (life.exited is None or (not who.is_locked and who.has_changed))


def any_class(who: Xinyu) -> Answer:
    life = who.life
    return any_of(
        who.older, who.family_out_of_work, life.certificate is not None, life.poverty is not None, life.land is not None
    )


def _who_may_be_recognised(say: Answers, who: Xinyu) -> None:
    life = who.life
    is_new = not life.is_surely_recognised and life.exited is None and life.reg is not None and life.is_jobless
    say.ask(
        "XY-1.0:unknown",
        all_of(is_new, isinstance(who.lead, Missing), any_class(who)),
        "H",
        "REVIEW",
        (),
        ground="lead-unknown",
    )
    for rule_id, basis, holds, row in (
        ("XY-1.1", "4050", who.older, None),
        ("XY-1.2", "zero_family", who.family_out_of_work, None),
        ("XY-1.3", "disabled", life.certificate is not None, life.certificate),
        ("XY-1.4", "poverty_exit", life.poverty is not None, life.poverty),
        ("XY-1.5", "land", life.land is not None, life.land),
    ):
        say.ask(rule_id, all_of(who.lead, is_free(who), holds), "H", "ADD", (life.reg, life.home, row), basis)


def _who_should_leave(say: Answers, who: Xinyu) -> None:
    life, rec = who.life, who.life.recognition

    def leaves(rule_id: str, basis: str, holds: Answer, *proof: Row | None) -> None:
        say.ask(rule_id, holds, "H", "PROP_EXIT", (rec, *proof), basis, basis)

    if life.way_out:
        leaves("XY-3.1", life.way_out[0], True, life.gone)
    is_paused = has_only_paused_pension(life.person, life.day)
    say.ask("XY-3.1:pension_paused", is_paused, "H", "REVIEW", (), ground="pension")
    leaves("XY-3.1:retired", "retirement-age", all_of(life.is_of_retirement_age, not life.has_left))
    leaves("XY-3.3:request", "request", life.request_to_leave is not None, life.request_to_leave)
    leaves("XY-3.3:refusals", "refusals", life.three_refusals is not None, life.three_refusals)
    say.ask("XY-3.5", life.job_when_recognised, "H", "REVIEW", (), ground="false-data")
    leaves("XY-3.6", "fraud", life.confirmed("ALERT", "SD-6.2", "XY-7.2"))
    refused = bool(life.refusal and life.recognised_on and life.refusal.service_date >= life.recognised_on)
    say.ask("XY-6.5:refusal", refused, "L", "PROP_EXIT", (rec, life.refusal), "refusal", "refusal")
    _what_article_one_asks(say, who)
    confirmed = bool(rec and life.job and life.is_work_confirmed_since(rec.recognised_date))
    say.ask("XY-6.5:hired", confirmed, "L", "PROP_EXIT", (rec, life.job), "hired", "hired")


def _what_article_one_asks(say: Answers, who: Xinyu) -> None:
    """Registered, able, willing, of this city: whoever is not is looked after no more, and stays recognised."""
    life, rec, was = who.life, who.life.recognition, who.life.ended_registration
    area = life.home.hukou_area if life.home else None
    areas = tuple(who.values.get("home_areas", AREAS))
    for ground, holds, row in (
        ("deregistered", was is not None and not life.is_surely_registered, was),
        ("unwilling", says_no(life.reg), life.reg),
        ("moved", told("hukou_area", area, lambda a: not a.replace(" ", "").startswith(areas)), life.home),
    ):
        say.ask(f"XY-6.5:{ground}", all_of(life.is_jobless, holds), "L", "PROP_EXIT", (rec, row), ground, ground)


def _whose_basis_lapsed(say: Answers, who: Xinyu) -> None:
    """The literal text is exit and a lock of three months: whoever fits, or may fit, another class is asked about."""
    life, rec = who.life, who.life.recognition
    _, card = life.ended_certificate or ("", None)
    is_family = life.is_recognised_as("零就业", "zero_family")
    is_disabled = life.is_recognised_as("残", "disab")
    is_dibao = life.is_recognised_as("低保", "最低生活", "dibao")
    for rule_id, other, basis, ground, lapsed, without, proof in (
        ("XY-3.2", "XY-3.2:other_basis", "zero_family", "family-working", is_family and family_works(who),
         "family", (life.home, worker(who))),
        ("XY-3.4", "XY-3.4:other_basis", "disabled", "certificate", is_disabled and card is not None,
         "family certificate", (card,)),
        ("XY-3.4:dibao", "XY-3.4:dibao_other_basis", "dibao", "dibao", is_dibao and life.ended_dibao is not None,
         "family", (life.ended_dibao,)),
    ):  # fmt: skip
        if lapsed:
            _loses_it_or_not(say, who, rule_id, other, without, (rec, *proof), basis, ground)
    may_work = is_family and who.family is not None and who.family.work_rank is not None and who.family.working == 0
    say.ask("XY-3.2:weak", may_work, "H", "REVIEW", (), ground="family-working")
    mine = life.certificate
    # The last day is still valid, the day of cancelling no more.
    ends = [mine.valid_to, mine.cancel_date and mine.cancel_date - timedelta(1)] if mine else []
    soon = is_disabled and any(end and (end - who.day).days <= 60 for end in ends)
    say.ask("XY-3.4:warning", soon, "T", "TASK", (rec, mine), "certificate-expiring")


def _loses_it_or_not(
    say: Answers, who: Xinyu, rule_id: str, other: str, without: str, proof: tuple[Row | None, ...], basis: str, ground: str
) -> None:  # fmt: skip
    leaves, surely = unless_kept(who, True, lambda w: w.fits(without))
    say.ask(rule_id, leaves, "H", "PROP_EXIT", proof, basis, ground, surely)
    say.ask(other, may_be(who.fits(without)), "H", "REVIEW", (), basis, "other-basis")


def _what_is_promised(say: Answers, who: Xinyu) -> None:
    """One guidance, three posts, one training; a family without work helped within a month."""
    life, rec = who.life, who.life.recognition
    if rec is None or life.has_left:
        return
    since = rec.recognised_date
    at_work = life.job is not None and life.job.is_firm
    trained = life.times("技能培训", since=since) + len([c for c in life.courses if c.start_date >= since])
    for part, done, quota in (
        ("guidance", life.times("职业指导", since=since), 1),
        ("post", life.times("岗位推荐", since=since), 3),
        ("training", trained, 1),
    ):
        say.ask(f"XY-4.3:{part}", who.everybody.keeps_log and not at_work and done < quota, "T", "GAP", (rec,), part)
    say.ask(
        "XY-4.4:skill", all_of(told("wants_training", life.wants("培训")), who.everybody.has_course_log, life.skills == 0),
        "T", "GAP", (rec,), "skill",
    )  # fmt: skip
    waits = life.is_recognised_as("零就业", "zero_family") and not at_work and not (who.family and who.family.working)
    due = months_after(since, 1)
    say.ask("XY-4.5:due", waits and who.day <= due, "T", "TASK", (rec,), "zero-family")
    say.ask("XY-4.5:overdue", waits and who.day > due, "T", "ALERT", (rec,), "zero-family-overdue")


def _who_left_before(say: Answers, who: Xinyu) -> None:
    life, fits = who.life, who.fits()
    proof = (life.reg, life.exited)
    say.ask("XY-3.7:locked", all_of(who.is_locked, fits), "H", "HOLD", proof, "locked", "locked")
    again = all_of(not who.is_locked, fits)
    say.ask("XY-3.7:no_change", all_of(again, not who.has_changed), "H", "REVIEW", (), ground="no-change")
    say.ask("XY-3.7", all_of(again, who.has_changed), "T", "TASK", proof, "may-reapply")


def _reviews(say: Answers, who: Xinyu) -> None:
    """A visit at home for whoever may be recognised; then the street's review; then the county's, in so many days."""
    life, passed = who.life, first_review(who.life)
    left, approved = life.exited.exit_date if life.exited else None, approval(life)
    needed = passed is None and not (approved and (left is None or approved > left))
    say.ask(
        "XY-2.2",
        all_of(who.lead, is_free(who), is_sure(any_class(who)), needed),
        "T",
        "TASK",
        (life.reg, life.home),
        "first-review",
    )
    waits = passed is not None and not life.is_surely_recognised
    say.ask("XY-2.3", waits, "T", "TASK", (), "county-review")
    days = (who.day - passed.decided_date).days if passed else 0
    late = told("step_days", life.values.get("step_days"), days.__gt__)
    say.ask("XY-7.3", all_of(waits, late), "T", "ALERT", (), "review-late")


def _is_looked_after(say: Answers, who: Xinyu, rec: Recognition) -> None:
    life, reg = who.life, who.life.reg
    month = f"{who.day:%Y-%m}"
    drawn = int(md5((life.person.person_id + month).encode()).hexdigest()[:8], 16) % 1000
    share = told("spot_check_per_mille", life.values.get("spot_check_per_mille"), drawn.__lt__)
    say.ask("XY-3.0", share, "T", "TASK", (rec,), f"spot-check:{month}")
    cap = life.values.get("subsidy_cap_months")
    most = max(subsidy_months(life, item) for item in CAPPED.values())
    near = told("subsidy_cap_months", cap, lambda n: 0 <= n - most <= 6)
    say.ask("XY-3.8:left", all_of(bool(life.subsidies), near), "T", "TASK", (rec,), f"months-left:{(cap or 0) - most}")
    tried = who.everybody.keeps_log and life.times("岗位推荐", since=rec.recognised_date) >= 3
    jobless = reg is not None and life.is_jobless and not holds_post(life)
    say.ask("XY-4.2", tried and jobless, "T", "TASK", (rec, reg), "public-post")
    say.ask("XY-6.1:owner", not (rec.owner or (reg and reg.owner)), "T", "GAP", (rec,), "owner")
    say.ask("XY-6.1:plan", rec.agreement_date is None, "T", "GAP", (rec,), "plan")


def _surveys(say: Answers, who: Xinyu) -> None:
    life, rec = who.life, who.life.recognition
    reason = surest(rec, life.poverty, life.watched)
    seen = [d for d in (life.visit and life.visit.visit_date, life.reg and life.reg.last_verified) if d]
    old = told("survey_days", life.values.get("survey_days"), lambda n: not seen or (who.day - max(seen)).days > n)
    say.ask("XY-5.3", all_of(reason is not None, not life.has_left, old), "T", "TASK", (reason,), "survey")
    quiet = all_of(rec is not None, not life.has_left, who.everybody.keeps_log, silent(life))
    say.ask("XY-6.1", quiet, "T", "TASK", (rec,), "silent")
