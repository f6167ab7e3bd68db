"""Every extract that offices deliver, by kind: the list that the whole house reads.

Rosters come first, the most careful one first of all: where two rosters make the same person known on one night, the
earlier one gives the name.
"""

from schemas.columns import Layout, layout_of
from schemas.declaring import Model
from schemas.kinds import civil_affairs, employment, insurance, lists, not_people, registers, support

ROSTERS: tuple[type[Model], ...] = (
    employment.UnemploymentRegistration, employment.HardshipRecognition, insurance.InsuranceStop,
    insurance.UnemploymentBenefit, civil_affairs.LowIncome, civil_affairs.DisabilityCertificate, lists.PovertyList,
    lists.LandExpropriation, registers.Education, employment.ServiceLog, employment.HouseholdVisit, support.Training,
    support.Subsidy, support.PublicPost, lists.MassOrganisationList,
)  # fmt: skip
REGISTERS: tuple[type[Model], ...] = (
    registers.HouseholdRegister, insurance.InsuranceActive, employment.EmploymentRegistration, insurance.Pension,
    registers.MarketEntity, civil_affairs.PrivateNonenterprise, civil_affairs.Marriage, registers.Military,
    registers.Imprisonment, registers.WorkCapacity, registers.Income, civil_affairs.Death,
)  # fmt: skip
OTHERS: tuple[type[Model], ...] = (
    not_people.Vacancy, not_people.Employer, not_people.Decision, not_people.Complaint, not_people.Activity,
)  # fmt: skip
MODELS = (*ROSTERS, *REGISTERS, *OTHERS)
LAYOUTS: dict[str, Layout] = {layout.kind: layout for layout in map(layout_of, MODELS)}
PERSON_LAYOUTS: dict[str, Layout] = {kind: layout for kind, layout in LAYOUTS.items() if layout.who == "person"}
