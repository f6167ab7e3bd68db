"""Employment registrations, drawn from the insurance rows so that both tell of the same jobs."""

import numpy as np
import pyarrow.compute as pc

from sample_data.extracts import Array, Extract, extract, joined
from sample_data.lives import FLEXIBLE, MONTH, OWNER, choice
from sample_data.people import CITY
from sample_data.recognition import Recognised
from sample_data.standing import DAY, NO_DAY, Standing, days_ago

PERSON = ("local_no", "name", "id_number", "sex", "birth_date")


def employment_registration(standing: Standing, recognised: Recognised) -> Extract:
    """Jobs begun in the last two years that are insured, ended ones of people who lost theirs, flexible work, owners, and
    holders of public posts. Of jobs told on a later night only half are registered at once."""
    return joined([current_jobs(standing), ended_jobs(standing), own_work(standing), public_jobs(standing, recognised)])


def texts(part: Extract, field: str, rows: Array) -> Array:
    return np.asarray(part.rows.column(field).take(rows).to_numpy(zero_copy_only=False), dtype=str)


def rows_of(standing: Standing, kind: str, test: object, share: Array | float) -> Array:
    """Rows of an insurance extract about people of the town that pass the test, a share of them."""
    part, rng = standing.extracts[kind], standing.lives.rng(f"registered of {kind}")
    return np.flatnonzero(np.asarray(test) & (part.truth >= 0) & (rng.random(len(part)) < share))


def current_jobs(standing: Standing) -> Extract:
    part, rng = standing.extracts["insurance_active"], standing.lives.rng("current_jobs")
    insured = pc.and_(
        pc.equal(part.rows.column("insurance_kind"), "失业"), pc.equal(part.rows.column("payer_kind"), "单位职工")
    )
    month = part.rows.column("start_month").to_numpy().astype("datetime64[M]")
    recent = insured.to_numpy(zero_copy_only=False) & (
        month >= standing.town.start.astype("datetime64[M]") - 24 * MONTH
    )
    rows = rows_of(standing, "insurance_active", recent, np.where(part.night > 1, 0.5, 0.85))
    night = part.night[rows].astype(np.int64)
    start = np.minimum(
        month[rows].astype("datetime64[D]") + rng.integers(0, 20, len(rows)) * DAY, standing.lives.snapshot(night)
    )
    return registrations(standing, part.truth[rows], night, "单位就业", start, np.full(len(rows), NO_DAY),
                         texts(part, "employer_name", rows), texts(part, "employer_uscc", rows))  # fmt: skip


def ended_jobs(standing: Standing) -> Extract:
    """The job that a stoppage ended, with the contract's end where the employer told it."""
    part, rng = standing.extracts["insurance_stop"], standing.lives.rng("ended_jobs")
    stopped = pc.equal(part.rows.column("insurance_kind"), "失业").to_numpy(zero_copy_only=False)
    rows = rows_of(standing, "insurance_stop", stopped, 0.6)
    ended = part.rows.column("stop_date").to_numpy()[rows]
    start = ended - rng.integers(150, 2500, len(rows)) * DAY
    return registrations(standing, part.truth[rows], part.night[rows].astype(np.int64), "单位就业", start, ended,
                         texts(part, "employer_name", rows), texts(part, "employer_uscc", rows))  # fmt: skip


def own_work(standing: Standing) -> Extract:
    lives, town, rng = standing.lives, standing.town, standing.lives.rng("own_work")
    share = np.select([lives.state == FLEXIBLE, lives.state == OWNER], [0.35, 0.15], 0.0)
    who = np.flatnonzero(town.is_own & ~lives.is_dead & (rng.random(len(share)) < share))
    night = lives.told_on(rng, len(who))
    is_owner = lives.state[who] == OWNER
    kind = np.where(is_owner, choice(rng, ("个体经营", "自主创业"), len(who), (0.8, 0.2)), "灵活就业")
    none = np.full(len(who), "")
    return registrations(
        standing, who, night, kind, days_ago(rng, lives, night, 20, 1500), np.full(len(who), NO_DAY), none, none
    )


def public_jobs(standing: Standing, recognised: Recognised) -> Extract:
    """Holders of public posts, as the post list tells them."""
    part = standing.extracts["public_post"]
    rows = np.arange(len(part))
    start, ended = (part.rows.column(f).to_numpy() for f in ("start_date", "end_date"))
    return registrations(
        standing,
        part.truth,
        part.night.astype(np.int64),
        "公益性岗位",
        start,
        ended,
        texts(part, "unit", rows),
        np.full(len(part), ""),
    )


def registrations(
    standing: Standing,
    who: Array,
    night: Array,
    kind: Array | str,
    start: Array,
    ended: Array,
    name: Array,
    code: Array,
) -> Extract:
    return extract(
        "employment_registration", standing.town, who, PERSON, night, job_kind=kind, employer_name=name, employer_uscc=code,
        start_date=start, end_date=ended, place=CITY,
    )  # fmt: skip
