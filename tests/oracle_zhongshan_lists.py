"""中山市: what the plan wants listed for the branch offices, of whoever stands on its ledger."""

from functools import cached_property

from tests.oracle_answers import Answers, surest
from tests.oracle_care import columns_told, enjoyed, holds_post, on_list, public_posts
from tests.oracle_facts import (
    aids,
    benefits,
    best,
    certificates,
    jobs,
    live_licences,
    months_after,
    pensions,
    worst,
)
from tests.oracle_households import Everybody
from tests.oracle_life import Life, usable
from tests.oracle_rows import Row
from tests.oracle_truth import is_sure
from tests.oracle_zhongshan import is_listable, uninsured_stops

LONG = 6  # months; the plan says long-term and gives no number


class Zhongshan:
    """Who stands on the ledger, and by whose word."""

    def __init__(self, everybody: Everybody, life: Life) -> None:
        self.everybody, self.life, self.person, self.day = everybody, life, life.person, life.day

    @cached_property
    def is_listable(self) -> bool:
        return is_listable(self.person, self.day)

    @cached_property
    def insurance(self) -> tuple[Row | None, Row | None]:
        """A stoppage that counts, and a benefit in payment."""
        return worst(uninsured_stops(self.person, self.day)), best(benefits(self.person, self.day))

    @property
    def found_at_home(self) -> Row | None:
        """A visit or the community says that they have no work."""
        return self.life.visit if self.life.visit and self.life.visit.employed is False else None

    @cached_property
    def source(self) -> Row | None:
        """The surest row that puts them on the ledger, if it is good enough to act on."""
        told = (
            self.life.reg, *self.insurance, best(aids(self.person, self.day)), best(certificates(self.person, self.day)),
            on_list(self.life), self.found_at_home,
        )  # fmt: skip
        return surest(*usable(row for row in told if row)) if self.is_listable else None


def zhongshan_lists(everybody: Everybody, life: Life) -> Answers:
    say, who = Answers("zhongshan", life.person), Zhongshan(everybody, life)
    member, report = on_list(life), who.found_at_home
    if member:
        word = "union" if member.organisation == "工会" else "women"
        say.ask("ZS-3.1.2:group", who.is_listable, "L", "ADD", (member,), word)
    if report:
        say.ask("ZS-3.1.4", who.is_listable, "L", "ADD", (report,), "community")
    if who.source:
        _what_is_due(say, who, who.source)
    reg = life.reg
    signs = surest(*usable(row for row in who.insurance if row))
    say.ask(
        "ZS-3.4.1",
        not life.is_surely_registered and who.is_listable and signs is not None,
        "T",
        "NOTIFY",
        (signs,),
        "may-register",
    )
    against = [*jobs(life.person, life.day), *live_licences(life.person, life.day), *pensions(life.person, life.day)]
    pledged = reg is not None and reg.basis == "承诺制"
    say.ask("ZS-3.2.1", pledged and bool(against), "R", "REVIEW", (), ground="commitment")
    return say


def _what_is_due(say: Answers, who: Zhongshan, source: Row) -> None:
    life, reg, logged = who.life, who.life.reg, who.everybody.keeps_log
    willing = is_sure(life.is_willing)

    def due(rule_id: str, basis: str, holds: bool, op: str = "TASK", proof: Row | None = source) -> None:
        say.ask(rule_id, holds, "T", op, (proof,), basis)

    due("ZS-2", "unserved", is_sure(life.is_able) and willing and logged and not enjoyed(life), "GAP")
    due("ZS-3.1.3", "survey", columns_told(life) < 6 or life.visit is None)
    due("ZS-3.2", "may-apply", not life.is_surely_recognised)
    due("ZS-3.2.4", "public-post", willing and not holds_post(life) and bool(public_posts(who.everybody)))
    due("ZS-3.3:training", "training", bool(life.wants("培训")), proof=reg)
    due("ZS-3.3:startup", "startup", bool(life.wants("创业")), proof=reg)
    long = reg is not None and who.day > months_after(reg.reg_date, LONG)
    due("ZS-3.4", "graded-help", long or life.recognition is not None)
    due("ZS-3.6.3", "guidance", logged and not any(s.service_kind == "职业指导" for s in life.served))
