"""One rule of a pack: a clause as data, the words that it may speak, and what is wrong with it."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from schemas.errors import PolicyError
from schemas.tables import OPS, TRACKS

ADVERSE = frozenset({"PROP_EXIT", "PROP_DEREG", "FLAG_REEMP"})
FUNCTIONS = frozenset(
    {
        "list_has_any",
        "coalesce",
        "concat",
        "date_trunc",
        "months_after",
        "if",
        "least",
        "greatest",
        "in_areas",
        "len",
        "month",
    }
)
WORDS = frozenset(
    {
        "and",
        "or",
        "not",
        "is",
        "null",
        "true",
        "false",
        "distinct",
        "from",
        "in",
        "between",
        "case",
        "when",
        "then",
        "else",
        "end",
    }
)


TOPIC_KIND = {
    "registration": "unemployment_registration", "stop": "insurance_stop", "hired": "insurance_active",
    "flexible": "insurance_active", "benefit": "unemployment_benefit", "benefit_ended": "unemployment_benefit",
    "aid": "low_income", "certificate": "disability_certificate", "licence": "market_entity",
    "licence_weak": "market_entity", "shop": "market_entity", "firm": "market_entity", "licence_ended": "market_entity", "pension": "pension", "death": "death",
    "service": "service_log", "recognition": "hardship_recognition", "exited": "hardship_recognition",
    "household": "household_register", "household_work": "household_register", "marriage": "marriage", "child": "marriage",
    "gone": "death", "dibao": "low_income", "dibao_ended": "low_income", "certificate_ended": "disability_certificate",
    "graduate": "education", "poverty": "poverty_list", "watched": "poverty_list", "land": "land_expropriation",
    "income": "income", "insured_months": "insurance_active", "employment": "employment_registration",
    "visit": "household_visit", "served": "service_log", "refusal": "service_log", "refusals": "service_log",
    "quit": "service_log", "course": "training", "subsidy": "subsidy", "overlap_job": "subsidy",
    "overlap_pension": "subsidy", "overlap_death": "subsidy", "overlap_licence": "subsidy", "unit": "private_nonenterprise",
    "unit_weak": "private_nonenterprise", "trade": "market_entity",
    "post_held": "public_post", "job_then": "insurance_active", "fraud": "decision", "confirmed_job": "decision", "employer_stop": "insurance_stop",
    "employer_hire": "insurance_active", "vacancy": "vacancy", "registration_ended": "unemployment_registration", "deregistration": "decision",
    "contact": "service_log", "recommended": "service_log", "twice": "unemployment_registration",
    "grouped": "mass_organisation_list", "prelim": "decision", "online": "training", "match": "vacancy",
}  # fmt: skip
# Topics that several offices tell of. While one of them is barred, such a rule waits: which of them spoke is not kept.
TOPIC_KINDS = {
    "gone": ("death", "pension", "imprisonment", "military", "education", "household_register", "work_capacity"),
    "household_work": ("household_register", "insurance_active", "market_entity", "employment_registration"),
    "overlap_job": ("subsidy", "insurance_active"), "overlap_pension": ("subsidy", "pension"),
    "overlap_death": ("subsidy", "death"), "overlap_licence": ("subsidy", "market_entity"),
    "trade": ("market_entity", "private_nonenterprise"), "contact": ("service_log", "household_visit"), "recommended": ("service_log", "household_visit"),
}  # fmt: skip
# What a rule may be about: its view, and how the columns begin that only such a rule may speak of.
VIEWS = {"person": "wide", "employer": "wide_employer", "vacancy": "wide_vacancy", "match": "wide_match"}
OTHERS = ("employer", "vacancy", "match")
APART = ("employer", "vacancy")  # of whose rows nothing is known but their own columns


@dataclass(frozen=True)
class Rule:
    """One clause as data. `id` is `CLAUSE` or `CLAUSE:part`; the other fields are the pack's own words. `when` is `said` with
    the pack's named conditions written out. A finding rests on `proof` and on the surest of `proof_any`; what lies
    `beside` is shown where its link is sure, and makes nothing doubtful."""

    id: str
    title: str
    quote: str
    when: str
    finds: Mapping[str, Any]
    proof: tuple[str, ...]
    proof_any: tuple[str, ...]
    shows: tuple[str, ...]
    sentence: str
    content: str | None
    in_force: Mapping[str, Any]
    said: str
    about: str = "person"
    beside: tuple[str, ...] = ()

    @property
    def view(self) -> str:
        """The view whose rows it is tested against."""
        return VIEWS[self.about]

    @property
    def clause(self) -> str:
        return self.id.split(":")[0]

    @property
    def topics(self) -> tuple[str, ...]:
        """What its evidence speaks of."""
        return (*self.proof, *self.proof_any, *self.beside)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The extract kinds its evidence comes from."""
        return frozenset(k for t in self.topics for k in TOPIC_KINDS.get(t, (TOPIC_KIND[t],)))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word it speaks, the columns among them: condition, what it finds, what it shows, and its proof."""
        told = words_of(" ".join([self.when, *(str(value) for value in self.finds.values())]))
        told |= {*self.shows, *re.findall(r"{(\w+)}", self.sentence)}
        told |= {f"{topic}_{part}" for topic in self.topics for part in ("rank", "records")}
        if employer := self.finds.get("employer"):
            told |= {f"{employer}_uscc", f"{employer}_name"}
        return frozenset(told)

    def brings_in(self, track: str) -> bool:
        """Whether it may make a row in the track: an addition, a further basis, or what says in which state somebody is."""
        says_state = "state" in self.finds or "state_from" in self.finds
        may = self.finds["op"] in ("ADD", "UPD") or says_state
        return self.finds["track"] == track and may and not self.finds.get("needs_row")

    @property
    def is_adverse(self) -> bool:
        return self.finds["op"] in ADVERSE

    def is_in_force(self, day: date) -> bool:
        return bool(self.in_force["from"] <= day < self.in_force.get("to", date.max))


def check_rule(rule: Rule, known: AbstractSet[str], guards: Mapping[str, Mapping[str, Any]], place: Path) -> None:
    """Raises: PolicyError, with all that is wrong: words outside `known`, unknown evidence, a guard of the pack that it breaks."""
    finds = rule.finds
    spoken = words_of(rule.when).union(
        *(words_of(str(finds.get(k) or "")) for k in ("basis_from", "ground_from", "due", "closed_state"))
    )
    faults = [f"未知的列或函数 {w}" for w in sorted(spoken - known - WORDS - FUNCTIONS)]
    faults += [f"未知的列 {w}" for w in (*rule.shows, *re.findall(r"{(\w+)}", rule.sentence)) if w not in known]
    faults += [f"未知的证据 {p}" for p in rule.topics if f"{p}_records" not in known]
    if rule.about not in VIEWS:
        faults.append(f"about 只能是 {'、'.join(VIEWS)}")
    if finds.get("op") not in OPS or finds.get("track") not in TRACKS or not rule.quote:
        faults.append("op、track 或 quote 不对")
    if ";" in rule.when or "--" in rule.when:
        faults.append("条件中不能有分号或注释")
    for clause, guard in guards.items():
        if finds.get("track") == guard["track"] and rule.is_adverse and spoken & set(guard["columns"]):
            faults.append(f"违反 {clause}：{'、'.join(guard['columns'])} 不能成为注销或退出的理由")
    if faults:
        raise PolicyError(f"政策包规则 {rule.id}：{'；'.join(faults)}。请改正 {place}。")


@lru_cache(maxsize=10_000)  # a night asks some twenty times for the same few hundred expressions
def words_of(expression: str) -> frozenset[str]:
    """Identifiers of an expression, text literals left out."""
    return frozenset(re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'", " ", expression)))
