"""People by whom the SQL or the naive oracle was once found wrong: what is found of them stays right."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest

from tests.oracle_rows import (
    Aid,
    Benefit,
    Certificate,
    Course,
    Death,
    Decision,
    Employment,
    Household,
    Income,
    Insured,
    Licence,
    Listed,
    LostLand,
    Pension,
    Person,
    Place,
    Post,
    Recognition,
    Registration,
    Service,
    Stop,
    Study,
    Vacancy,
)  # fmt: skip
from tests.strategies import OWN_VALUES
from tests.town import Told, settle

DAY = date(2024, 6, 30)


@dataclass(frozen=True)
class OnceWrong:
    """One person who shows what was wrong, and what is found of them (rule and op) and not found (rule) instead."""

    name: str
    person: Person
    there: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    day: date = DAY


MIDDLE_AGED = Person(birth_date=date(1980, 1, 1), sex="男")
SINCE_JANUARY = replace(MIDDLE_AGED, registrations=(Registration(reg_date=date(2024, 1, 15), last_verified=DAY),))
TALKS = [Service(service_date=date(2024, 5, day), service_kind="拒绝服务") for day in (6, 13, 20)]
SEEKER = Person(
    birth_date=date(1988, 1, 1), sex="男",
    registrations=(Registration(reg_date=date(2023, 4, 1), able=True, willing=True, wish="就业"),),
    households=(Household(household_no="H1", hukou_area="360502", hukou_kind="农村"),),
)  # fmt: skip
RECOGNISED = replace(MIDDLE_AGED, recognitions=(Recognition(record_id="now", recognised_date=date(2024, 1, 10)),))
AGAIN = replace(RECOGNISED, recognitions=(
    *RECOGNISED.recognitions,
    Recognition(record_id="before", recognised_date=date(2022, 1, 1), exit_date=date(2023, 6, 1)),
))  # fmt: skip
FIRST_REVIEW = Decision(decided_date=date(2021, 12, 1), clause="XY-1.3", op="ADD", role="初审", entry_id="1-1")
DEREGISTERED = Decision(
    decided_date=date(2024, 6, 20),
    from_date=date(2024, 6, 30),
    clause="JN-1.4a",
    op="PROP_DEREG",
    role="审核",
    entry_id="1-2",
    ground="hired",
)
# A public post that was open, and whose latest word says until when it was.
FILLED = (
    Vacancy(vacancy_no="V1", valid_from=date(2024, 1, 1), public_welfare=True),
    Vacancy(vacancy_no="V1", valid_from=date(2024, 3, 1), valid_to=date(2024, 5, 31), public_welfare=True),
)
DIBAO_TO_MAY = (Aid(start_month=date(2023, 1, 1), end_month=date(2024, 5, 1)),)
WAS_WRONG = (
    OnceWrong(
        "a stoppage dated after the day does not end the job yet",
        replace(MIDDLE_AGED, insured=(Insured(start_month=date(2024, 1, 1)),),
                stops=(Stop(stop_date=DAY + timedelta(1), last_paid_month=date(2024, 6, 1)),)),
        frozenset({"ZS-EXIT:reemployed FLAG_REEMP"}), frozenset({"NM-1.1a"}),
    ),
    OnceWrong(
        "a woman born on 29 February has her birthday cut off once, not twice",
        Person(birth_date=date(1972, 2, 29), sex="女", aids=(Aid(start_month=date(2027, 1, 1)),)),
        frozenset({"ZS-3.1.2:low_income ADD"}), day=date(2027, 9, 28),
    ),
    OnceWrong(
        "the line paid last is asked whether it is a hire, not the line begun last",
        replace(SINCE_JANUARY, insured=(
            Insured(record_id="pension", start_month=date(2023, 3, 1), last_paid_month=date(2024, 5, 1)),
            Insured(record_id="medical", start_month=date(2023, 10, 1)),
        )),
        frozenset({"NM-3.2:hired PROP_DEREG"}), frozenset({"NM-3.2:hired_weak"}),
    ),
    OnceWrong(
        "a hire on a doubtful link does not speak beside an older line on the exact number",
        replace(SINCE_JANUARY, insured=(
            Insured(record_id="own", start_month=date(2023, 3, 1)),
            Insured(record_id="namesake", start_month=date(2024, 5, 1), link_grade="probable"),
        )),
        frozenset({"NM-3.2:hired_weak REVIEW"}), frozenset({"NM-3.2:hired"}),
    ),
    OnceWrong(
        "a shop and a firm are two grounds",
        replace(SINCE_JANUARY, licences=(
            Licence(record_id="shop", founded_date=date(2024, 3, 1)),
            Licence(record_id="firm", founded_date=date(2024, 2, 1), entity_kind="企业", role="法定代表人"),
        )),
        frozenset({"NM-3.2:self_employed PROP_DEREG", "NM-3.2:founded_firm PROP_DEREG"}),
    ),
    OnceWrong(
        "a pension whose status is untold does not hide behind a paused one",
        replace(SINCE_JANUARY, pensions=(
            Pension(record_id="employee", start_date=date(2024, 5, 1), status=None),
            Pension(record_id="resident", start_date=date(2024, 5, 1), status="暂停"),
        )),
        frozenset({"NM-3.2:pension PROP_DEREG"}), frozenset({"NM-3.2:pension_paused", "ZS-3.1"}),
    ),
    OnceWrong(
        "a pension in a state that nobody knows is in doubt and bars nothing",
        replace(SINCE_JANUARY, pensions=(Pension(start_date=date(2024, 5, 1), status="待核"),)),
        frozenset({"NM-3.2:pension_paused REVIEW", "ZS-3.1 ADD"}), frozenset({"NM-3.2:pension"}),
    ),
    OnceWrong(
        "an unknown kind of aid proves nothing",
        replace(MIDDLE_AGED, aids=(Aid(start_month=date(2024, 1, 1), aid_kind="不明"),)),
        absent=frozenset({"ZS-3.1.2:low_income", "NM-1.1a"}),
    ),
    OnceWrong(
        "a later stoppage on a weak link does not take the place of one on the exact number",
        replace(MIDDLE_AGED, stops=(
            Stop(record_id="own", stop_date=date(2024, 1, 31)),
            Stop(record_id="namesake", link_grade="probable", stop_date=date(2024, 6, 10), stop_reason="退休"),
        )),
        frozenset({"ZS-3.1.1a ADD"}), frozenset({"ZS-EXIT:stop_reason"}),
    ),
    OnceWrong(
        "a number that fits with another spelling of the name is as good as an equal one",
        replace(MIDDLE_AGED, stops=(
            Stop(record_id="medical", stop_date=date(2024, 1, 31)),
            Stop(record_id="pension", link_grade="variant", stop_date=date(2024, 1, 31), stop_reason="退休",
                 insurance_kind="养老"),
        )),
        frozenset({"ZS-EXIT:stop_reason REVIEW"}), frozenset({"ZS-3.1.1a"}),
    ),
    OnceWrong(
        "a stoppage that another row takes back does not stand",
        replace(MIDDLE_AGED, stops=(
            Stop(record_id="told", stop_date=date(2024, 1, 31)),
            Stop(record_id="taken back", stop_date=date(2024, 1, 31), withdrawn=True),
        )),
        absent=frozenset({"ZS-3.1.1a", "NM-1.1a"}),
    ),
    OnceWrong(
        "an older closed business on a surer link does not hide one closed since the registration",
        replace(SINCE_JANUARY, licences=(
            Licence(record_id="old", founded_date=date(2010, 1, 1), status="注销", cancelled_date=date(2012, 1, 1)),
            Licence(record_id="new", founded_date=date(2020, 1, 1), status="注销", cancelled_date=date(2024, 5, 10),
                    link_grade="variant"),
        )),
        frozenset({"NM-3.1a:licence_ended UPD"}),
    ),
    OnceWrong(
        "silence before the registration does not count",
        replace(MIDDLE_AGED, registrations=(Registration(reg_date=date(2024, 6, 20)),),
                services=(Service(service_date=date(2023, 5, 1)),)),
        absent=frozenset({"NM-3.3"}),
    ),
    OnceWrong(
        "refusals before the registration do not count",
        replace(MIDDLE_AGED, registrations=(Registration(reg_date=date(2024, 6, 20)),), services=tuple(TALKS)),
        absent=frozenset({"NM-3.3"}),
    ),
    OnceWrong(
        "who refused yesterday is not out of reach",
        replace(MIDDLE_AGED, registrations=(Registration(reg_date=date(2023, 12, 1), last_verified=DAY),),
                services=(Service(service_date=DAY - timedelta(1), service_kind="拒绝服务"),)),
        absent=frozenset({"NM-3.3"}),
    ),
    OnceWrong(
        "comparing data does not break a run of refusals",
        replace(SINCE_JANUARY, services=(*TALKS, Service(service_date=date(2024, 6, 1), means="数据比对"))),
        frozenset({"NM-3.3 TASK"}),
    ),
    OnceWrong(
        "the same post recommended three times is three recommendations",
        replace(SINCE_JANUARY, services=tuple(
            Service(record_id=f"s{day}", service_date=date(2024, 5, day), vacancy_no="V1") for day in (6, 13, 20))),
        absent=frozenset({"NM-2.1b:post"}),
    ),
    OnceWrong(
        "a job or a business on a doubtful link does not keep the letter from anybody",
        replace(MIDDLE_AGED, aids=(Aid(start_month=date(2024, 1, 1)),),
                insured=(Insured(start_month=date(2024, 1, 1), link_grade="probable"),),
                licences=(Licence(founded_date=date(2024, 1, 1), link_grade="review"),)),
        frozenset({"NM-1.1a NOTIFY"}),
    ),
    OnceWrong(
        "a doubtful registration does not hide that the sure one was cancelled",
        replace(MIDDLE_AGED, registrations=(
            Registration(record_id="own", reg_date=date(2023, 1, 1), cancel_date=date(2024, 5, 1)),
            Registration(record_id="namesake", reg_date=date(2024, 5, 20), link_grade="review"),
        )),
        frozenset({"JN-1.4a:note UPD"}), frozenset({"JN-1.4a:left"}),
    ),
    OnceWrong(
        "a sure job is marked though an employment registration beside it is doubtful",
        replace(MIDDLE_AGED, insured=(Insured(start_month=date(2024, 5, 1)),),
                employments=(Employment(start_date=date(2024, 5, 1), link_grade="probable"),)),
        frozenset({"SD-3.2.1:hired FLAG_REEMP", "JN-1.4a:reemployed FLAG_REEMP"}),
    ),
    OnceWrong(
        "a doubtful enrolment does not keep a graduate from help",
        replace(SINCE_JANUARY, studies=(
            Study(record_id="left", leave_date=date(2023, 7, 1)),
            Study(record_id="namesake", enrol_date=date(2024, 1, 1), link_grade="probable"),
        )),
        frozenset({"JN-1.3:graduate ADD"}),
    ),
    OnceWrong(
        "a doubtful refusal does not stand between three sure ones",
        replace(RECOGNISED, services=tuple(
            Service(record_id=f"r{month}", service_date=date(2024, month, 1), service_kind="拒绝服务", staff="王站长",
                    link_grade="probable" if month == 3 else "exact") for month in (2, 3, 4, 5))),
        frozenset({"XY-3.3:refusals PROP_EXIT"}),
    ),
    OnceWrong(
        "fraud found before an earlier exit is no ground against the second recognition",
        replace(AGAIN, decisions=(Decision(decided_date=date(2023, 5, 1)),)),
        absent=frozenset({"XY-3.6"}),
    ),
    OnceWrong(
        "fraud found since the recognition is a ground",
        replace(AGAIN, decisions=(Decision(decided_date=date(2024, 5, 1)),)),
        frozenset({"XY-3.6 PROP_EXIT"}),
    ),
    OnceWrong(
        "a job confirmed before an earlier exit does not confirm today's",
        replace(AGAIN, insured=(Insured(start_month=date(2024, 5, 1)),),
                decisions=(Decision(decided_date=date(2023, 5, 1), op="FLAG_REEMP", clause="XY-4.4"),)),
        frozenset({"XY-4.4:hired FLAG_REEMP"}), frozenset({"XY-6.5:hired"}),
    ),
    OnceWrong(
        "an age that will be reached in years to come has not changed anything since the exit",
        replace(SEEKER, recognitions=(Recognition(recognised_date=date(2024, 1, 1), exit_date=date(2024, 2, 1)),),
                certificates=(Certificate(issue_date=date(2020, 1, 1)),)),
        frozenset({"XY-3.7:no_change REVIEW"}), frozenset({"XY-3.7", "XY-1.3"}),
    ),
    OnceWrong(
        "who registered yesterday is not silent, whenever somebody last spoke to them",
        replace(SEEKER, aids=(Aid(start_month=date(2024, 1, 1)),), services=(Service(service_date=date(2022, 1, 1)),),
                registrations=(replace(SEEKER.registrations[0], reg_date=DAY - timedelta(1)),)),
        frozenset({"SD-2.5 ADD"}), frozenset({"SD-5.1"}),
    ),
    OnceWrong(
        "a doubtful listing does not take the survey from a recognised person",
        replace(RECOGNISED, listings=(Listed(from_date=date(2020, 1, 1), link_grade="review"),)),
        frozenset({"XY-5.3 TASK"}),
    ),
    OnceWrong(
        "a doubtful certificate puts nobody on a roster",
        replace(MIDDLE_AGED, insured=(Insured(start_month=date(2024, 5, 1), payer_kind="灵活就业"),),
                certificates=(Certificate(link_grade="review"),)),
        absent=frozenset({"JN-5.5", "JN-1.2"}),
    ),
    OnceWrong(
        "doubtful aid makes no graduate of a family in need",
        replace(MIDDLE_AGED, studies=(Study(leave_date=date(2023, 7, 1)),),
                aids=(Aid(start_month=date(2024, 1, 1), link_grade="review"),)),
        absent=frozenset({"SD-3.3.3"}),
    ),
    OnceWrong(
        "dibao ends, and a graduate of a family out of poverty still fits",
        replace(SEEKER, aids=DIBAO_TO_MAY, studies=(Study(leave_date=date(2019, 7, 1)),), listings=(Listed(from_date=date(2020, 1, 1)),)),
        frozenset({"SD-2.9 ADD"}), frozenset({"SD-5.5b:dibao"}),
    ),
    OnceWrong(
        "dibao ends, and who is watched and earns little still fits",
        replace(SEEKER, aids=DIBAO_TO_MAY, incomes=(Income(year=2024, amount=12000),),
                listings=(Listed(from_date=date(2020, 1, 1), list_kind="边缘易致贫"),)),
        frozenset({"SD-2.10:edge ADD"}), frozenset({"SD-5.5b:dibao"}),
    ),
    OnceWrong(
        "who only refused has had no service, nor has who was only compared with data",
        replace(SEEKER, birth_date=date(1980, 1, 1), aids=(Aid(start_month=date(2024, 1, 1)),), services=(
            *TALKS, Service(record_id="compared", service_date=date(2024, 6, 1), means="数据比对"))),
        frozenset({"ZS-2 GAP", "SD-3.1 GAP"}),
    ),
    OnceWrong(
        "comparing data asks nobody for the result of a recommendation",
        replace(SINCE_JANUARY, services=(
            Service(record_id="post", service_date=date(2024, 5, 1)),
            Service(record_id="compared", service_date=date(2024, 6, 1), service_kind="跟踪回访", means="数据比对"))),
        frozenset({"NM-2.2:revisit TASK"}),
    ),
    OnceWrong(
        "a first review is answered by the recognition that the register tells, and the next candidacy begins anew",
        replace(AGAIN, recognitions=AGAIN.recognitions[1:], decisions=(FIRST_REVIEW,), registrations=SEEKER.registrations,
                households=SEEKER.households, certificates=(Certificate(issue_date=date(2024, 1, 1)),)),
        frozenset({"XY-2.2 TASK"}), frozenset({"XY-2.3", "XY-7.3"}),
    ),
    OnceWrong(
        "a decision to cancel a registration is noted though the register has it still",
        replace(RECOGNISED, registrations=SEEKER.registrations, decisions=(DEREGISTERED,)),
        frozenset({"JN-1.4a:decided UPD"}), frozenset({"JN-1.4a:note"}),
    ),
    OnceWrong(
        "a decision of a later day is not noted yet, nor one before they registered again",
        replace(RECOGNISED, registrations=SEEKER.registrations, decisions=(
            replace(DEREGISTERED, from_date=date(2024, 7, 1)), replace(DEREGISTERED, decided_date=date(2023, 3, 31)))),
        absent=frozenset({"JN-1.4a:decided"}),
    ),
    OnceWrong(
        "a first review taken back by a later one does not wait for the county",
        replace(MIDDLE_AGED, decisions=(replace(FIRST_REVIEW, decided_date=date(2024, 5, 1)),
                                        replace(FIRST_REVIEW, record_id="back", decided_date=date(2024, 5, 9), decision="驳回"))),
        absent=frozenset({"XY-2.3", "XY-7.3"}),
    ),
    OnceWrong(
        "a first review that the county puts off still waits",
        replace(MIDDLE_AGED, decisions=(replace(FIRST_REVIEW, decided_date=date(2024, 5, 1)),
                                        replace(FIRST_REVIEW, record_id="off", decided_date=date(2024, 5, 9), role="审核", decision="暂缓"))),
        frozenset({"XY-2.3 TASK", "XY-7.3 ALERT"}),
    ),
    OnceWrong(
        "a plan of their own is owed to recognised people who are registered",
        RECOGNISED, frozenset({"SD-5.4 GAP"}), frozenset({"NM-2.3:plan"}),
    ),
    OnceWrong(
        "doubtful aid takes nothing from a sure recognition of somebody long unemployed",
        replace(RECOGNISED, registrations=(Registration(reg_date=date(2023, 4, 1), last_verified=DAY),),
                aids=(Aid(start_month=date(2024, 1, 1), link_grade="review"),)),
        frozenset({"NM-2.1c UPD"}),
    ),
    OnceWrong(
        "a doubtful practical course does not take the place of the one that is owed",
        replace(SINCE_JANUARY, certificates=(Certificate(),), courses=(
            Course(record_id="on line", start_date=date(2024, 2, 1), pass_date=date(2024, 3, 1), mode="线上"),
            Course(record_id="namesake", start_date=date(2024, 4, 1), mode="线下", link_grade="review"))),
        frozenset({"JN-3.1:offline TASK"}),
    ),
    OnceWrong(
        "benefit drawn after an earlier job does not keep anybody from drawing it after this one",
        replace(SINCE_JANUARY, benefits=(Benefit(start_month=date(2019, 1, 1), end_month=date(2019, 6, 1)),),
                insured=(Insured(record_id="line to 2023", start_month=date(2021, 1, 1), last_paid_month=date(2023, 12, 1), end_month=date(2023, 12, 1)),),
                stops=(Stop(stop_date=date(2023, 12, 31), last_paid_month=date(2023, 12, 1), stop_reason="合同期满"),)),
        frozenset({"JN-1.6:not_drawing NOTIFY"}),
    ),
    OnceWrong(
        "of a public post the latest word counts: it has been filled since",
        replace(SEEKER, birth_date=date(1980, 1, 1)), frozenset({"ZS-3.2 TASK"}), frozenset({"ZS-3.2.4"}),
    ),
    OnceWrong(
        "a post held by somebody who may be another keeps nobody from one",
        replace(SEEKER, aids=(Aid(start_month=date(2024, 1, 1)),), posts=(Post(start_date=date(2024, 1, 1), link_grade="review"),)),
        frozenset({"SD-3.3.1 TASK"}),
    ),
    OnceWrong(
        "another's death does not end the services of a recognised person",
        replace(RECOGNISED, deaths=(Death(death_date=date(2024, 6, 12), link_grade="review"),)),
        frozenset({"XY-3.1 REVIEW", "XY-4.3:guidance GAP", "XY-6.1:plan GAP", "SD-5.4 GAP", "NM-4.1 TASK"}),
    ),
    OnceWrong(
        "another's employment takes nobody off the monthly calls",
        replace(RECOGNISED, employments=(Employment(start_date=date(2024, 5, 1), link_grade="review"),)), frozenset({"NM-4.1 TASK"}),
    ),
    OnceWrong(
        "who was at work to the end of last month was not to be called then",
        replace(RECOGNISED, employments=(Employment(start_date=date(2024, 2, 1), end_date=date(2024, 6, 10)),)),
        frozenset({"NM-4.1 TASK"}), frozenset({"NM-4.1:overdue"}),
    ),
    OnceWrong(
        "graded help goes to the recognised on the ledger, registered or not",
        replace(RECOGNISED, aids=(Aid(start_month=date(2024, 1, 1)),)), frozenset({"ZS-3.4 TASK"}),
    ),
    OnceWrong(
        "a sure stoppage that lists nobody lends its certainty to no doubtful aid or benefit",
        replace(MIDDLE_AGED, stops=(Stop(stop_date=date(2024, 1, 31), stop_reason="参军"),),
                aids=(Aid(start_month=date(2024, 1, 1), link_grade="review"),),
                benefits=(Benefit(start_month=date(2024, 1, 1), end_month=date(2024, 12, 1), link_grade="review"),)),
        frozenset({"ZS-3.1.2:low_income REVIEW"}), frozenset({"ZS-3.2", "ZS-3.4.1"}),
    ),
    OnceWrong(
        "a doubtful registration, however late, does not take the place of a sure one",
        replace(MIDDLE_AGED, registrations=(
            Registration(record_id="own", reg_date=date(2023, 9, 1)),
            Registration(record_id="namesake", reg_date=DAY, link_grade="held"),
        )),
        frozenset({"NM-2.1a UPD", "NM-2.1b:training GAP"}),
    ),
    OnceWrong(
        "a doubtful job of a member keeps no family from help",
        replace(SEEKER, registrations=(replace(SEEKER.registrations[0], hukou_kind="城镇"),),
                employments=(Employment(start_date=date(2024, 1, 1), link_grade="review"),)),
        frozenset({"XY-1.2 ADD"}),
    ),
    OnceWrong(
        "a doubtful loss of land does not lend its doubt to somebody back from elsewhere",
        replace(SEEKER, birth_date=date(1970, 1, 1), registrations=(replace(SEEKER.registrations[0], hukou_kind="农村"),),
                lands=(LostLand(lost_date=date(2023, 1, 1), link_grade="review"),),
                insured=(Insured(start_month=date(2022, 1, 1), end_month=date(2022, 12, 1), last_paid_month=date(2022, 12, 1), place="上海市"),)),
        frozenset({"SD-2.7 ADD", "JN-1.3:SD-2.7 ADD"}), frozenset({"SD-2.7:land"}),
    ),
    OnceWrong(
        "who went to a course is owed a skill, whatever a doubtful registration says",
        replace(MIDDLE_AGED, courses=(Course(start_date=date(2024, 3, 1)),),
                registrations=(Registration(reg_date=date(2024, 1, 1), link_grade="held"),)),
        frozenset({"JN-3.3:skill GAP"}),
    ),
    OnceWrong(
        "a refusal in a doubtful registration only asks",
        replace(MIDDLE_AGED, registrations=(Registration(reg_date=date(2024, 1, 1), link_grade="probable"),),
                services=(Service(service_date=date(2024, 3, 1), service_kind="拒绝服务", justified=False),)),
        frozenset({"SD-5.5b:refusal REVIEW"}),
    ),
    OnceWrong(
        "another certificate on a doubtful link does not hide that the sure one was cancelled",
        replace(RECOGNISED, recognitions=(replace(RECOGNISED.recognitions[0], basis="残疾人"),), certificates=(
            Certificate(record_id="own", status="注销", cancel_date=date(2024, 6, 1)),
            Certificate(record_id="namesake", link_grade="review"),
        )),
        frozenset({"XY-3.4 PROP_EXIT"}),
    ),
    OnceWrong(
        "a doubtful registration takes nobody off the monthly calls for work before the recognition",
        replace(RECOGNISED, recognitions=(replace(RECOGNISED.recognitions[0], recognised_date=date(2024, 5, 30)),),
                registrations=(Registration(reg_date=date(2024, 2, 29), link_grade="held"),),
                services=(Service(service_date=date(2024, 4, 1), service_kind="岗位推荐", means="现场"),),
                decisions=(Decision(decided_date=date(2024, 4, 30), clause="XY-7.2", op="FLAG_REEMP", decision="确认", entry_id="1-1"),)),
        frozenset({"NM-4.1 TASK"}),
    ),
    OnceWrong(
        "dibao ends, and nothing else fits",
        replace(SEEKER, aids=DIBAO_TO_MAY, incomes=(Income(year=2024, amount=90000),)), frozenset({"SD-5.5b:dibao PROP_EXIT"}),
    ),
)  # fmt: skip


def _apart(once: OnceWrong) -> Person:
    """Under a name and a roof of their own."""
    homes = tuple(replace(h, household_no=once.name) for h in once.person.households)
    return replace(once.person, person_id=once.name, households=homes)


@cache
def found_of_the_once_wrong(day: date) -> tuple[set[Told], set[Told]]:
    everybody = {once.name: _apart(once) for once in WAS_WRONG}
    place = settle(Place(people=everybody, vacancies=FILLED, values=OWN_VALUES), day)
    return place.by_sql(place.packs()), place.by_oracle()


@pytest.mark.parametrize("once", WAS_WRONG, ids=lambda once: once.name)
def test_what_was_wrong_stays_right(once: OnceWrong) -> None:
    by_sql, by_oracle = ({f for who, f in told if who == once.name} for told in found_of_the_once_wrong(once.day))
    assert by_sql == by_oracle
    assert once.there <= {f"{f.rule_id} {f.op}" for f in by_sql}
    assert not once.absent & {f.rule_id for f in by_sql}
