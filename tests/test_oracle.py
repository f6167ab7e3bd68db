"""The packs' SQL against the naive second evaluator, on many invented people at once.

That both agree means something only while a wrong rule or view would be noticed: the second half makes them wrong.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from policies import view
from policies.evaluate import evaluate
from tests.oracle_facts import months_after
from tests.oracle_rows import Certificate, Finding, Person, Registration, Service
from tests.strategies import OWN_VALUES, people, random_place
from tests.town import Told, Town, neighbours, settle, shown

# Three days, and what the office has set by then: everything, its areas besides, nothing. On the last nobody keeps a log.
DAYS: dict[date, dict[str, Any]] = {
    date(2024, 2, 29): dict(OWN_VALUES),
    date(2025, 3, 1): OWN_VALUES | {"home_areas": ["3605", "新余"]},
    date(2027, 9, 28): {},
}
FIRST, SECOND, LAST = DAYS
PEOPLE = 2000
DAY = date(2024, 6, 30)


def on_the_edge(day: date) -> dict[str, Person]:
    """Whom the wrong views below lose, and whom people made at random seldom show: a certificate on its last day; a third
    post named on the last day of the first tier."""
    first_tier_ends = months_after(day, -1)
    begun = Registration(reg_date=months_after(first_tier_ends, -1), able=True, willing=True)
    days = (first_tier_ends, day - timedelta(2), day - timedelta(1))
    return {
        "last day": Person(
            person_id="last day", birth_date=date(1990, 1, 1), sex="男", registrations=(begun,),
            certificates=(Certificate(issue_date=date(2015, 1, 1), valid_to=day),),
        ),
        "third post": Person(
            person_id="third post", birth_date=date(1990, 1, 1), sex="男", registrations=(begun,),
            services=tuple(Service(record_id=f"s{n}", service_date=on) for n, on in enumerate(days)),
        ),
    }  # fmt: skip


@cache
def town(day: date) -> Town:
    place = random_place(list(DAYS).index(day), day, PEOPLE, DAYS[day])
    return settle(replace(place, has_service_log=day != LAST, people={**place.people, **on_the_edge(day)}), day)


@cache
def meant(day: date) -> set[Told]:
    return town(day).by_oracle()


@pytest.fixture(scope="module", autouse=True)
def leave_the_towns() -> Iterator[None]:
    """Their connections close with the last of these tests."""
    yield
    for made in (town, meant, second_town, through_wrong_views):
        made.cache_clear()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_sql_and_oracle_find_the_same_for_everybody(day: date) -> None:
    place = town(day)
    assert not place.apart(), shown(place, place.apart())


def test_what_is_missing_is_named() -> None:
    """In the run's own account, as often as the oracle says that a decision depends on it."""
    place = town(FIRST)
    wanted = Counter((u.rule_id, name) for _, u in place.told[1] for name in u.missing)
    assert len(wanted) > 50 and not {what: n for what, n in wanted.items() if place.asked.missing[what] < n}


def test_nobody_is_owed_a_service_where_no_service_log_is_kept() -> None:
    of_the_log = {r.id for p in town(LAST).packs() for r in p.rules if "has_service_log" in r.when}
    assert "NM-3.3" in of_the_log and not of_the_log & {f.rule_id for _, f in town(LAST).asked.found}
    assert of_the_log <= {f.rule_id for _, f in meant(FIRST) | meant(SECOND)}


def test_sql_and_oracle_agree_on_people_drawn_at_will() -> None:
    """All are judged together, as one question to the packs costs as much as a town of them; so each has rows of their own."""
    drawn: list[Person] = []

    @given(st.data())
    @settings(
        max_examples=15, deadline=None, derandomize=True, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def draw(data: st.DataObject) -> None:
        drawn.append(data.draw(people(DAY, f"P{len(drawn)}")))

    draw()
    place = settle(neighbours(drawn), DAY)
    apart = place.apart()
    place.con.close()
    assert not apart, shown(place, apart)


# Agreement means something


def test_every_rule_is_found_and_not_found_often_enough() -> None:
    found = Counter(f.rule_id for day in DAYS for _, f in meant(day))
    rules = {rule.id for pack in town(FIRST).packs() for rule in pack.all_rules}
    assert not {f for f in found if f not in rules}
    # Rules that ask for many things at once are seldom found of people made at random; test_mutants has more people.
    assert len(set(found)) > 0.95 * len(rules)
    assert not {
        rule: n
        for rule, n in found.items()
        if rule.startswith(("ZS-", "NM-")) and "5.4a" not in rule and not 20 <= n <= PEOPLE * len(DAYS) - 20
    }


def test_every_form_of_a_finding_occurs() -> None:
    forms = Counter((f.track, f.op) for day in DAYS for _, f in meant(day))
    wanted = {("L", op) for op in ("ADD", "UPD", "HOLD", "REVIEW", "FLAG_REEMP", "PROP_EXIT")}
    wanted |= {("R", op) for op in ("PROP_DEREG", "REVIEW")}
    wanted |= {("H", op) for op in ("ADD", "HOLD", "REVIEW", "PROP_EXIT")}
    wanted |= {("T", op) for op in ("TASK", "GAP", "NOTIFY", "REFER", "URGE", "ALERT", "UPD", "REVIEW")}
    assert set(forms) == wanted
    assert min(forms.values()) >= 20


def test_what_only_speaks_of_a_row_is_found_of_all_who_have_one_or_come_in() -> None:
    place = town(FIRST)
    packs = place.packs()
    place.con.execute(
        "create or replace temp table had as select person_id, 'neimenggu' as pack, 'L' as track from everybody where hash(person_id) % 3 = 0"
    )
    had = {(who, "neimenggu", "L") for (who,) in place.con.execute("select person_id from had").fetchall()}
    of_basis = {(p.code, r.id) for p in packs for r in p.rules if r.finds.get("needs_basis")}
    needy = of_basis | {(p.code, r.id) for p in packs for r in p.rules if r.finds.get("needs_row")}
    everything = {told for told in meant(place.day) if (told[1].pack, told[1].rule_id) in needy}
    coming = {(w, f.pack, f.track) for w, f in meant(place.day) - everything if f.op in ("ADD", "UPD")}
    evaluate(place.con, packs, place.day, frozenset(), "had")
    found = {
        (row[0], Finding(*row[1:]))
        for row in place.con.execute(
            "select person_id, pack, rule_id, track, op, basis, ground from finding union all from (select person_id, pack, rule_id, track, op, basis, ground from employer_finding)"
        ).fetchall()
    }
    assert found - everything == meant(place.day) - everything
    owed = {
        (w, f)
        for w, f in everything
        if (w, f.pack, f.track) in had | (coming if (f.pack, f.rule_id) not in of_basis else set())
    }
    assert owed <= found
    assert len(found & everything) < len(everything)


def found_of(place: Town, *rule_ids: str) -> dict[str, set[Told]]:
    """What these rules alone find."""
    packs = [
        replace(
            p,
            rules=tuple(r for r in p.rules if r.id in rule_ids),
            other_rules=tuple(r for r in p.other_rules if r.id in rule_ids),
        )
        for p in place.packs()
    ]
    return by_rule(place.by_sql(packs), rule_ids)


def by_rule(told: set[Told], rule_ids: Iterable[str]) -> dict[str, set[Told]]:
    return {rule_id: {t for t in told if t[1].rule_id == rule_id} for rule_id in rule_ids}


PROVED = ("NM-3.2:died", "NM-3.2:pension", "NM-1.3a:low_income", "NM-3.1b")


@pytest.mark.parametrize("rule_id", PROVED)
def test_proof_left_out_is_noticed(rule_id: str) -> None:
    place = town(FIRST)
    pack, rule = next((p, r) for p in place.packs() for r in p.rules if r.id == rule_id)
    found = place.by_sql([replace(pack, rules=(replace(rule, proof=("registration",)),), other_rules=())])
    assert found != by_rule(meant(FIRST), PROVED)[rule_id]


# Each slip moves what its own rule finds, and no other of its group: so a group is planted at once.
WRONG_VIEWS = (
    (
        ("NM-1.1a", "facts.sql", "where w.withdrawn and w.office", "where false and w.office"),
        ("ZS-EXIT:pension", "facts.sql", "where status is distinct from '终止'", ""),
        ("ZS-3.1.2:low_income", "macros.sql", "// step + 1)", "// step)"),
        ("NM-2.1a", "begun.sql", "<= r.registered_from + interval 6 month", "< r.registered_from + interval 6 month"),
        ("NM-3.2:pension", "wide.sql", "coalesce(f.status, '正常') <> '正常', f.rank", "f.status <> '正常', f.rank"),
        ("NM-3.3", "wide.sql", "f.valid_from between r.registered_from and t.as_of", "f.valid_from <= t.as_of"),
        ("NM-3.2:self_employed", "wide.sql", "f.entity_kind = '个体工商户' and ", ""),
    ),
    (
        ("NM-1.3a:disability", "facts.sql", "valid_to + 1", "valid_to"),
        ("ZS-EXIT:reemployed", "facts.sql", "and i.start_month <= s.last_paid_month", ""),
        ("NM-1.3a:low_income", "facts.sql", "where aid_kind in (", "where aid_kind in ('不明', "),
        ("ZS-3.1.1b", "facts.sql", "(end_month + interval 1 month)::date, stop_date)", "(end_month + interval 1 month)::date)"),
        ("NM-2.1b:post", "macros.sql", "day > short_end", "day >= short_end"),
        ("ZS-EXIT:stop_reason", "wide.sql", "order by greatest(f.rank, 1), f.last_paid_month", "order by f.last_paid_month"),
        ("NM-3.3", "wide.sql", "filter (s.means is distinct from '数据比对')", "filter (s.service_kind <> '拒绝服务')"),
    ),
    (
        ("ZS-EXIT:reemployed", "facts.sql", "and s.valid_from <= (select as_of from today)", ""),
        ("ZS-3.1.2:low_income", "macros.sql", "::date > day, 1, 0)", "::date >= day, 1, 0)"),
        ("NM-2.1b:training", "wide.sql", "(r.registered_from + interval 6 month)", "(r.registered_from + interval 5 month)"),
        ("NM-2.1a", "wide.sql", "and f.rank <= 3", ""),
        ("NM-3.1b", "wide.sql", "greatest(f.valid_from, coalesce(f.last_paid_month, f.valid_from))", "f.valid_from"),
    ),
    (
        ("NM-2.1a", "begun.sql", "<= r.registered_from + interval 1 month", "< r.registered_from + interval 1 month"),
    ),
    (
        ("NM-2.1b:post", "wide.sql", "count(*) filter (s.service_kind = '岗位推荐'", "count(distinct s.vacancy_no) filter (s.service_kind = '岗位推荐'"),
    ),
)  # fmt: skip
SLIPS = [(group, *slip) for group in WRONG_VIEWS for slip in group]


@cache
def second_town() -> Town:
    """A town of its own, as its views do not survive."""
    return settle(town(SECOND).place, SECOND)


@cache
def through_wrong_views(slips: tuple[tuple[str, str, str, str], ...]) -> dict[str, set[Told]]:
    """What the slips' rules find while all of them are planted."""
    place = second_town()
    with pytest.MonkeyPatch.context() as monkeypatch, TemporaryDirectory() as folder:
        look_wrongly(place, Path(folder), monkeypatch, [slip[1:] for slip in slips])
    return found_of(place, *(rule_id for rule_id, *_ in slips))


def test_right_views_and_rules_alone_find_what_is_meant() -> None:
    """Or else what is found through wrong ones would differ anyway."""
    asked = {rule_id for _, rule_id, *_ in SLIPS} | set(PROVED) | set(WRONG_LISTS)
    for place in (town(FIRST), settle(town(SECOND).place, SECOND)):
        assert found_of(place, *asked) == by_rule(meant(place.day), asked)


@pytest.mark.parametrize(
    ("group", "rule_id", "script", "right", "wrong"), SLIPS, ids=["-".join(slip) for _, *slip in SLIPS]
)
def test_a_wrong_view_is_noticed(
    group: tuple[tuple[str, str, str, str], ...], rule_id: str, script: str, right: str, wrong: str
) -> None:
    assert through_wrong_views(group)[rule_id] != by_rule(meant(SECOND), [rule_id])[rule_id]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "rule_id", "script", "right", "wrong"), SLIPS, ids=["-".join(slip) for _, *slip in SLIPS]
)
def test_a_wrong_view_is_noticed_of_itself_and_by_no_other_rule_of_its_group(
    group: tuple[tuple[str, str, str, str], ...], rule_id: str, script: str, right: str, wrong: str
) -> None:
    place = second_town()
    with pytest.MonkeyPatch.context() as monkeypatch, TemporaryDirectory() as folder:
        look_wrongly(place, Path(folder), monkeypatch, [(script, right, wrong)])
    asked = {other for other, *_ in group}
    found = found_of(place, *asked)
    assert {r for r in asked if found[r] != by_rule(meant(SECOND), asked)[r]} == {rule_id}


def look_wrongly(
    place: Town, folder: Path, monkeypatch: pytest.MonkeyPatch, slips: Iterable[tuple[str, str, str]]
) -> None:
    """Through views in which each first text stands for the second."""
    shutil.copytree(
        view.HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "packs", "__pycache__")
    )
    for script, right, wrong in slips:
        text = (folder / script).read_text(encoding="utf-8")
        assert right in text
        (folder / script).write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(view, "HERE", folder)
    view.open_view(place.con, place.day)


# What lists and tasks look at. Each slip moves its own rule only, so that all are planted at once.
WRONG_LISTS = {
    "ZS-2": ("help", "s.service_kind not in ('拒绝服务', '主动退出') and", ""),
    "ZS-3.1.2:group": ("care", "where g.organisation in ('工会', '妇联') and", "where"),
    "ZS-3.1.3": ("care", "if(health is null, 0, 1)", "1"),
    "NM-1.1b": ("care", "having count(distinct coalesce(s.reg_no, concat(s.office, s.reg_date))) > 1", "having count(*) > 1"),
    "NM-1.2b": ("wider", "if(phone is null, '人员底数', null)", "null::varchar"),
    "NM-2.2:revisit": ("care", "in ('跟踪回访', '入户走访') and means is distinct from '数据比对'", "in ('跟踪回访', '入户走访')"),
    "NM-4.1": ("care", "bool_or(not m.is_comparison and m.met_on >= date_trunc", "bool_or(m.met_on >= date_trunc"),
    "NM-4.1:overdue": ("care", "(s.valid_to is null or m.ended_on < s.valid_to)", "s.valid_to is null"),
    "JN-3.1:offline": ("care", "where c.mode = '线上' and c.pass_date", "where c.pass_date"),
    "JN-3.4": ("employers", "filter (not is_training_subsidised)", "filter (not is_job_subsidised)"),
    "XY-2.3": ("care", "h.recognised_date between d.decided_date and", "h.recognised_date = d.decided_date and h.recognised_date <="),
    "XY-3.0": ("care", "% 1000)", "% 999)"),
    "XY-3.8:left": ("money", "greatest(coalesce(any_value(m.firm_insurance_subsidy_months), 0),", "greatest("),
}  # fmt: skip


@pytest.fixture(scope="module")
def wrong_lists(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[Told]]:
    place = second_town()
    with pytest.MonkeyPatch.context() as monkeypatch:
        slips = [(f"sql/{name}.sql", right, wrong) for name, right, wrong in WRONG_LISTS.values()]
        look_wrongly(place, tmp_path_factory.mktemp("views"), monkeypatch, slips)
    return found_of(place, *WRONG_LISTS)


@pytest.mark.parametrize("rule_id", WRONG_LISTS)
def test_a_wrong_list_is_noticed(rule_id: str, wrong_lists: dict[str, set[Told]]) -> None:
    assert wrong_lists[rule_id] != by_rule(meant(SECOND), WRONG_LISTS)[rule_id]
