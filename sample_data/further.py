"""The extracts beyond the first ten, in the order in which one needs another."""

from sample_data.authorities import imprisonment, income, private_nonenterprise, work_capacity
from sample_data.extracts import Extract
from sample_data.families import household_register, marriage
from sample_data.helped import household_visit, public_post, subsidy, training
from sample_data.jobs import employment_registration
from sample_data.lives import Lives
from sample_data.market import activity, complaint, employer, vacancy
from sample_data.outside_lists import land_expropriation, mass_organisation_list, poverty_list
from sample_data.recognition import recognise
from sample_data.schooling import education, military
from sample_data.standing import Standing


def further_extracts(lives: Lives, first: dict[str, Extract]) -> dict[str, Extract]:
    """All further kinds but decisions: these name ledger entries, which are known only after a run."""
    extracts = dict(first)
    standing = Standing(lives, extracts)
    for draw in (household_register, marriage, education, military, imprisonment, work_capacity, private_nonenterprise,
                 poverty_list, land_expropriation, mass_organisation_list, income, training):  # fmt: skip
        extracts[draw.__name__] = draw(standing)
    recognised = recognise(standing)
    extracts["hardship_recognition"] = recognised.extract
    for given in (public_post, subsidy, household_visit, employment_registration):
        extracts[given.__name__] = given(standing, recognised)
    for told in (employer, vacancy, complaint, activity):
        extracts[told.__name__] = told(standing)
    return {kind: part for kind, part in extracts.items() if kind not in first}
