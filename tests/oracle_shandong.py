"""山东某市: the oracle's reading of the notice on employment assistance. The notice's values stand here as numbers."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from tests.oracle_answers import Answers, surest
from tests.oracle_care import enjoyed, holds_post
from tests.oracle_classes import Classes
from tests.oracle_facts import has_only_paused_pension, last_stoppage, month_of, months_after
from tests.oracle_households import Everybody
from tests.oracle_life import Life, doubt_of_all
from tests.oracle_money import paid_after_death, paid_beside_pension, paid_while_employed, post_paid_while_trading
from tests.oracle_rows import LINKS, Registration, Row
from tests.oracle_truth import DOUBT, Answer, Missing, all_of, any_of, is_sure, may_be, no, told

# A stoppage for such a reason does not say since when somebody has been out of work.
NO_LOSS_OF_WORK = ("退休", "死亡", "出国定居", "参军", "升学", "判刑", "单位合并转移", "重复参保")
Test = Callable[["Shandong"], Answer]
AnyOf = TypeVar("AnyOf", bound=Classes)
FIRM_SUBSIDIES = ("单位社保补贴", "岗位补贴", "公益性岗位补贴")


class Shandong(Classes):
    """Who is meant by the notice, 二."""

    @cached_property
    def is_local(self) -> Answer:
        """City hukou: the notice never names its city, so unless the office names areas, whoever needs no residence permit."""
        home, areas = self.life.home, self.values.get("home_areas")
        if home is None or home.hukou_area is None or self.life.is_open(home):
            return Missing({"hukou_area"})
        if areas:
            return any(home.hukou_area.replace(" ", "").startswith(area) for area in areas)
        return home.residence_start is None

    @cached_property
    def is_resident(self) -> Answer:
        """Or six months of residence and six months paid by a local employer."""
        if self.is_local is False and self.life.home and not self.life.home.is_firm:
            return any_of(DOUBT, self._has_stayed)  # a doubtful line in the book sends nobody away
        return any_of(self.is_local, self._has_stayed)

    @property
    def _has_stayed(self) -> Answer:
        home = self.life.home
        since = home.residence_start if home and not self.life.is_open(home) else None
        return all_of(
            told("residence_from", since, lambda d: self.day >= months_after(d, 6)),
            told("local_months", self.months and self.months[0], lambda n: n >= 6),
        )

    @cached_property
    def is_asked_about(self) -> Answer:
        """Registered, able, willing, resident, of working age."""
        life = self.life
        return all_of(life.stands(life.reg), life.is_able, life.is_willing, self.is_resident, life.is_working_age)

    @cached_property
    def lead(self) -> Answer:
        return all_of(self.is_asked_about, self.life.is_jobless)

    @cached_property
    def graduate_in_need(self) -> Answer:
        """二9: of a family out of poverty, on dibao, without employment in town or without transfer in the village."""
        life = self.life
        return self.graduate_of(
            life.stands(life.poverty), life.stands(life.dibao), self.family_without_work, self.poor_village_family
        )

    def classes(self, without: str = "") -> list[Answer]:
        """Every class, or every class but one. To keep somebody, a family must be known."""
        life, is_housed = self.life, self.family is not None
        dibao, poor = life.stands(life.dibao), life.stands(life.poverty)
        family = self.family_without_work if is_housed or not without else False
        village = self.poor_village_family if is_housed or not without else False
        graduate = {
            "dibao": self.graduate_of(poor, self.family_without_work, self.poor_village_family),
            "family": self.graduate_of(poor, dibao, self.poor_village_family),
        }.get(without, self.graduate_in_need)
        every = {
            "older": self.older_in_town, "family": family, "single": self.single_parent, "long": self.long_unemployed,
            "dibao": dibao, "certificate": life.stands(life.certificate), "villager": self.older_villager,
            "village": village, "graduate": graduate, "poor": self.poor_and_earning_little,
            "edge": self.watched_and_at_the_edge,
        }  # fmt: skip
        return [answer for name, answer in every.items() if name != without]

    def fits(self, without: str = "") -> Answer:
        return self.lead is not False and all_of(self.lead, any_of(*self.classes(without)))


def never(_: Shandong) -> Answer:
    return False


def shandong(everybody: Everybody, life: Life) -> Answers:
    say, who = Answers("shandong", life.person), Shandong(everybody, life)
    if life.reg:
        _who_is_in(say, who)
    _what_is_due(say, who)
    _who_leaves_the_ledger(say, who)
    _who_leaves_recognition(say, who)
    overlaps(say, life, "SD-6.2")
    return say


def _who_is_in(say: Answers, who: Shandong) -> None:
    life, lead = who.life, who.lead
    any_class = any_of(*who.classes())
    say.ask(
        "SD-2.0:unknown", all_of(life.reg is not None, life.is_jobless, isinstance(lead, Missing), any_class),
        "L", "REVIEW", (), ground="lead-unknown",
    )  # fmt: skip

    def add(basis: str, holds: Answer, *proof: Row | None) -> None:
        say.ask(f"SD-{basis}", all_of(lead, holds), "L", "ADD", (life.reg, life.home, *proof), basis=basis)

    def review(rule_id: str, ground: str, *conditions: Answer) -> None:
        say.ask(rule_id, all_of(*conditions), "L", "REVIEW", (), ground=ground)

    children = doubt_of_all(life.child_rows)
    add("2.1", who.older_in_town)
    reasons = {s.stop_reason for s in last_stoppage(life.person, who.day)}
    was_at_work = not reasons & set(NO_LOSS_OF_WORK)
    stopped_long = life.stopped_on is not None and who.day >= months_after(life.stopped_on, 6) and was_at_work
    review("SD-2.1:clock", "clock", lead, life.is_urban, who.older, no(who.since_registered(6)), stopped_long)
    add("2.2", who.family_without_work)
    review("SD-2.2:income", "family-income", who.is_asked_about, _is_family_to_be_asked(who))
    add("2.3", who.single_parent, life.marriage, *children)
    minors = who.in_family("minors", lambda n: n > 0)
    review("SD-2.3:custody", "child-custody", lead, life.is_single, not children, minors)
    add("2.4", who.long_unemployed)
    too_few = who.services_in_year < 3
    say.ask(
        "SD-2.4:gap",
        all_of(lead, who.everybody.keeps_log, who.since_registered(12), too_few),
        "T",
        "GAP",
        (life.reg,),
        "services",
    )
    review(
        "SD-2.4:unrecorded", "services-unrecorded", lead, who.since_registered(12), too_few, who.services_possible >= 3
    )
    add("2.5", life.dibao is not None, life.dibao)
    add("2.6", life.certificate is not None, life.certificate)
    expired = life.ended_certificate is not None and life.ended_certificate[0] == "expired"
    review("SD-2.6:expired", "certificate-expired", lead, expired)
    add("2.7", who.came_back)
    say.ask(
        "SD-2.7:land", all_of(lead, who.lost_land, not is_sure(who.came_back)), "L", "ADD", (life.reg, life.home, life.land), basis="2.7",
    )  # fmt: skip
    review(
        "SD-2.7:elsewhere", "worked-elsewhere", lead, no(life.is_urban), who.older, life.land is None or life.land.rank > 2,
        told("outside_months", who.months and who.months[1], lambda n: n < 6),
        told("local_months", who.months and who.months[0], lambda n: n >= 6),
    )  # fmt: skip
    checked = who.family.is_income_checked if who.family else None
    add("2.8", all_of(who.poor_village_family, told("is_household_income_checked", checked)))
    review("SD-2.8:declared", "income-declared", lead, who.poor_village_family, checked is not True)
    is_needy = life.graduate is None or life.graduate.special_hardship is not False
    add("2.9", all_of(who.graduate_in_need, is_needy), life.graduate)
    add("2.10", who.poor_and_earning_little, life.poverty)
    at_edge = all_of(lead, who.watched_and_at_the_edge, not is_sure(who.poor_and_earning_little))
    say.ask("SD-2.10:edge", at_edge, "L", "ADD", (life.reg, life.home, life.watched), basis="2.10")
    works = any(row is not None and row.is_firm for row in (life.job, life.licence, life.employment))
    review(
        "SD-2.10:working", "working-poor", life.reg is not None, who.poor_and_earning_little, works, not life.has_left
    )


def _is_family_to_be_asked(who: Shandong) -> Answer:
    """Everybody registered, but for those at school or serving, or with a business: a visit must tell."""
    life, family = who.life, who.family
    if any(row is not None and row.is_firm for row in (life.job, life.employment, life.gone)):
        return False
    if family is None:
        return all_of(life.is_urban, Missing({"household_working_age"}))
    return all_of(
        life.is_urban,
        family.working_age >= 2 and family.idle == 0 and (family.businesses > 0 or family.away > 0)
        and family.working <= family.businesses
        and family.registered + family.away + family.working == family.working_age,
    )  # fmt: skip


def _what_is_due(say: Answers, who: Shandong) -> None:
    life, recognised, here = who.life, who.life.recognition, not who.life.has_left
    is_target = all_of(any_of(recognised is not None, who.fits()), here)
    hired(say, life, "SD-3.2.1:recognised")
    say.ask(
        "SD-3.2.1:hired", not life.is_surely_recognised and bool(life.job or life.employment), "L", "FLAG_REEMP",
        (surest(life.job, life.employment),), ground="hired",
    )  # fmt: skip
    trades, unrecognised = life.licence is not None, not life.is_surely_recognised
    say.ask("SD-3.2.2:trading", trades and unrecognised, "L", "FLAG_REEMP", (life.licence,), "licence", "licence")
    proof = (recognised, life.licence)
    say.ask("SD-3.2.2:recognised", trades and recognised is not None, "L", "FLAG_REEMP", proof, "licence", "licence")
    subsidies(say, life, "SD-3.2.1:firm", "SD-3.2.1:flexible", "SD-3.2.2")
    say.ask(
        "SD-3.2.3", all_of(is_target, told("wants_training", life.wants("培训")), who.everybody.has_course_log, life.skills == 0),
        "T", "GAP", (life.reg,), "skill",
    )  # fmt: skip
    say.ask("SD-3.3.2", all_of(who.lead, who.family_without_work), "T", "TASK", (life.reg, life.home), "zero-family")
    left = life.graduate.leave_date if life.graduate else None
    choosing = told(
        "job_choosing_months", who.values.get("job_choosing_months"),
        lambda n: left is not None and who.day <= months_after(left, n),
    )  # fmt: skip
    paid = any(s.item == "求职创业补贴" for s in life.subsidies)
    say.ask(
        "SD-3.3.3",
        all_of(
            life.graduate is not None, life.is_college, choosing, bool(life.aid or life.poverty), not paid, life.is_jobless
        ),
        "T", "NOTIFY", (life.graduate, surest(life.aid, life.poverty)), "graduate-subsidy",
    )  # fmt: skip
    say.ask(
        "SD-5.1",
        all_of(is_target, who.everybody.keeps_log, silent(life)),
        "T",
        "TASK",
        (surest(life.reg, recognised),),
        "silent",
    )
    unserved = life.is_jobless and who.everybody.keeps_log and not enjoyed(life)
    say.ask("SD-3.1", all_of(is_target, unserved), "T", "GAP", (surest(life.reg, recognised),), "unserved")
    mentored = life.times("创业服务", since=life.registered_on) > 0
    say.ask(
        "SD-3.2.2:willing",
        all_of(is_target, told("wants_business", life.wants("创业")), who.everybody.keeps_log, not mentored),
        "T", "GAP", (life.reg,), "startup-mentor",
    )  # fmt: skip
    say.ask(
        "SD-3.3.1", all_of(is_target, who.lead, no(life.is_urban), not holds_post(life)), "T", "TASK", (life.reg,), "rural-post",
    )  # fmt: skip
    no_agreement = recognised is not None and recognised.agreement_date is None
    say.ask("SD-5.4", no_agreement and here, "T", "GAP", (recognised,), "agreement")
    say.ask(
        "SD-5.2",
        life.reg is not None and life.aid is not None and not (life.dibao and life.dibao.is_firm) and life.is_jobless
        and not life.is_surely_recognised,
        "T", "TASK", (life.reg, life.aid), "found-by-aid",
    )  # fmt: skip
    owner = (recognised and recognised.owner) or (life.reg and life.reg.owner)
    say.ask("SD-5.3", all_of(is_target, not owner), "T", "GAP", (surest(life.reg, recognised),), "owner")


def silent(life: Life) -> Answer:
    """Nobody reached them for so many days; who registers or is recognised has been reached."""
    begun = [(row, on) for row, on in ((life.recognition, life.recognised_on), (life.reg, life.registered_on)) if row]
    known = [life.reached_on, *(on for row, on in begun if row.rank <= 2)]
    last = max((d for d in known if d), default=None)
    return (
        DOUBT
        if last is None
        else told("silent_days", life.values.get("silent_days"), lambda n: (life.day - last).days > n)
    )


def hired(say: Answers, life: Life, rule_id: str) -> None:
    """Marked as re-employed; recognition stays."""
    say.ask(
        rule_id, life.recognition is not None and bool(life.job or life.employment), "L", "FLAG_REEMP",
        (life.recognition, surest(life.job, life.employment)), ground="hired",
    )  # fmt: skip


def subsidies(say: Answers, life: Life, firm: str, own_account: str, startup: str) -> None:
    """What a recognised person who found work may claim, and has not been paid."""
    rec, job, own, licence = life.recognition, life.job, life.flexible, life.licence
    if rec is None or life.has_left:
        return
    if job and job.payer_kind == "单位职工" and job.start_month >= month_of(rec.recognised_date):
        unpaid = not life.is_subsidised(job.start_month, *FIRM_SUBSIDIES)
        say.ask(firm, unpaid, "T", "NOTIFY", (rec, job), f"firm:{job.employer_uscc or job.employer_name or ''}")
    if own and not (job and job.is_firm) and not life.is_subsidised(own.start_month, "灵活就业社保补贴"):
        say.ask(own_account, True, "T", "NOTIFY", (rec, own), "flexible")
    if licence and licence.founded_date >= rec.recognised_date:
        unpaid = not any(s.item == "一次性创业补贴" for s in life.subsidies)
        say.ask(startup, unpaid, "T", "NOTIFY", (rec, licence), "startup")


def _who_leaves_the_ledger(say: Answers, who: Shandong) -> None:
    life, reg, adult = who.life, who.life.reg, who.life.child_adult_on

    def leaves(
        part: str, basis: str, ground: str, proof: tuple[Row | None, ...], *conditions: Answer, while_not: Test = never
    ) -> None:
        """`while_not`: what would keep them, if it held."""
        holds, surely = unless_kept(who, all_of(*conditions), while_not)
        say.ask(f"SD-5.5b:{part}", holds, "L", "PROP_EXIT", proof, basis, ground, surely)

    refusal = life.refusal
    leaves(
        "refusal", "refusal", "refusal", (refusal,), refusal is not None, while_not=_is_spoken_of
    )  # by the next rule
    leaves(
        "refusal_recognised", "refusal-recognised", "refusal", (life.recognition, refusal),
        refusal is not None, life.recognition is not None, while_not=Shandong.fits,
    )  # fmt: skip
    if life.way_out:
        leaves("left", life.way_out[0], life.way_out[0], (life.gone,), True)
    is_paused = has_only_paused_pension(life.person, life.day) and not life.is_surely_recognised
    say.ask("SD-5.5b:pension_paused", is_paused, "L", "REVIEW", (), ground="pension")
    retired = (reg is not None, life.is_of_retirement_age, not life.has_left)
    leaves("retired", "retirement-age", "retirement-age", (reg,), *retired)
    _who_meets_the_lead_no_more(who, leaves)
    is_adult = adult is not None and adult <= who.day
    leaves("child", "2.3", "child-adult", doubt_of_all(life.child_rows), is_adult, while_not=fits_without("single"))
    weds = (is_sure(life.is_married), not is_adult)
    leaves("remarried", "2.3", "married", (life.marriage,), *weds, while_not=fits_without("single"))
    over = life.ended_dibao is not None
    leaves("dibao", "2.5", "dibao-ended", (life.ended_dibao,), over, while_not=fits_without("dibao"))
    kind, card = life.ended_certificate or ("", None)
    is_taken = kind == "cancelled"
    leaves("certificate", "2.6", "certificate-cancelled", (card,), is_taken, while_not=fits_without("certificate"))
    proof = (life.home, worker(who))
    leaves("family", "2.2", "family-working", proof, family_works(who), while_not=fits_without("family"))
    lapsed = {"single": (is_adult or is_sure(life.is_married), "2.3"), "dibao": (over, "2.5"), "certificate": (is_taken, "2.6"),
              "family": (family_works(who), "2.2")}  # fmt: skip
    for part, (has_lapsed, basis) in lapsed.items():
        fits = who.fits(part)
        is_open = has_lapsed and may_be(fits) and not is_sure(fits)
        say.ask(f"SD-5.5b:{part}_unsure", is_open, "L", "REVIEW", (), basis, "other-basis")


def unless_kept(who: AnyOf, holds: Answer, keeps: Callable[[AnyOf], Answer]) -> tuple[Answer, Answer]:
    """Whether a proposal follows, and whether it does by sure rows alone."""
    holds = holds is not False and all_of(holds, no(keeps(who)))
    return holds, is_sure(holds) and no(keeps(who.carefully))


def _is_spoken_of(who: Shandong) -> Answer:
    return who.life.is_surely_recognised and is_sure(no(who.fits()))


def fits_without(part: str) -> Test:
    """Another class than the one that is gone."""
    return lambda who: who.fits(part)


def _who_meets_the_lead_no_more(who: Shandong, leaves: Callable[..., None]) -> None:
    """The registration was cancelled, or says so; or the household book says that they moved; or they earn enough."""
    life, reg, was = who.life, who.life.reg, who.life.ended_registration
    over = was is not None and not life.is_surely_registered and life.is_jobless
    leaves("deregistered", "deregistered", "deregistered", (was,), over)
    leaves("unwilling", "unwilling", "unwilling", (reg,), life.is_jobless and says_no(reg))
    is_here = (reg is not None, life.is_jobless)
    leaves("moved", "moved", "moved", (reg, life.home), *is_here, while_not=lambda who: who.is_resident)
    listed = surest(life.poverty, life.watched)
    proof = doubt_of_all(_income(who)) + ((listed,) if listed else ())
    leaves(
        "income", "2.10", "income", proof, listed is not None, who.earnings is not None,
        while_not=lambda who: any_of(who.poor_and_earning_little, who.watched_and_at_the_edge, who.fits()),
    )  # fmt: skip


def says_no(reg: Registration | None) -> bool:
    """No ability or no wish to work, as declared."""
    return reg is not None and (reg.able is False or reg.willing is False)


def _income(who: Shandong) -> list[Row]:
    return [Row(link_grade=LINKS[who.earnings.rank])] if who.earnings else []


def worker(who: Classes) -> Row | None:
    """How surely somebody of the household works, as a row of that grade."""
    rank = who.family.work_rank if who.family else None
    return None if rank is None else Row(link_grade=LINKS[rank])


def family_works(who: Classes) -> bool:
    return who.family is not None and who.family.work_rank is not None and who.family.working > 0


def _who_leaves_recognition(say: Answers, who: Shandong) -> None:
    """The basis of the recognition is gone. Whoever fits, or may fit, another class is asked about instead."""
    life, rec = who.life, who.life.recognition
    if rec is None:
        return

    def leaves(
        part: str, basis: str, ground: str, proof: tuple[Row | None, ...], *conditions: Answer, while_not: Test = never
    ) -> None:
        holds, surely = unless_kept(who, all_of(*conditions), while_not)
        say.ask(f"SD-5.5b:{part}", holds, "H", "PROP_EXIT", (rec, *proof), basis, ground, surely)

    if life.way_out:
        leaves("recognised_left", life.way_out[0], life.way_out[0], (life.gone,), True)
    is_paused = has_only_paused_pension(life.person, life.day)
    say.ask("SD-5.5b:recognised_pension_paused", is_paused, "H", "REVIEW", (), ground="pension")
    retired = (life.is_of_retirement_age, not life.has_left)
    leaves("recognised_retired", "retirement-age", "retirement-age", (), *retired)
    adult, (kind, card) = life.child_adult_on, life.ended_certificate or ("", None)
    no_parent = (adult is not None and adult <= who.day) or is_sure(life.is_married)
    lapsed = {
        "single": life.is_recognised_as("单亲") and no_parent,
        "dibao": life.is_recognised_as("低保", "最低生活", "dibao") and life.ended_dibao is not None,
        "certificate": life.is_recognised_as("残", "disab") and kind == "cancelled",
        "family": life.is_recognised_as("零就业", "zero_family") and family_works(who),
    }
    parent = (*doubt_of_all(life.child_rows), life.marriage)
    for part, basis, ground, proof in (
        ("single", "2.3", "single-parent-ended", parent),
        ("dibao", "2.5", "dibao-ended", (life.ended_dibao,)),
        ("certificate", "2.6", "certificate-cancelled", (card,)),
        ("family", "2.2", "family-working", (life.home, worker(who))),
    ):
        leaves(f"recognised_{part}", basis, ground, proof, lapsed[part], while_not=fits_without(part))
    is_expired = life.is_recognised_as("残", "disab") and kind == "expired"
    say.ask("SD-5.5b:recognised_expired", is_expired, "H", "REVIEW", (), ground="certificate-expired")
    other = any(has_lapsed and may_be(who.fits(part)) for part, has_lapsed in lapsed.items())
    say.ask("SD-5.5b:other_basis", other, "H", "REVIEW", (), ground="other-basis")


def overlaps(say: Answers, life: Life, clause: str) -> None:
    """Suspicions only: an officer must look."""
    for part, basis, pair in (
        ("job", "flexible-subsidy-and-job", paid_while_employed(life)),
        ("death", "subsidy-after-death", paid_after_death(life)),
        ("pension", "subsidy-and-pension", paid_beside_pension(life)),
        ("licence", "post-subsidy-and-licence", post_paid_while_trading(life)),
    ):
        say.ask(f"{clause}:{part}", pair is not None, "T", "ALERT", pair or (), basis)
