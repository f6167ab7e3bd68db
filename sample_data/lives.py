"""What happens to the people: work, stoppages, benefit, registration, aid, certificates, business, pension, death.

Rosters are denser than in a real town (real ones hold under a percent of the people), because they are what the
application is about: per million people some 200 000 roster rows and a million insurance rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_data import numbers
from sample_data.extracts import Array, Extract, extract, joined
from sample_data.people import CITY, HEAD, Town, stream

Mask = npt.NDArray[np.bool_]

NIGHT_SHARE = 0.01  # share of the rows of a kind that are told anew on each later night, in a town of some size
WORDS = ("青禾", "晨光", "远航", "榆柳", "北塬", "河湾", "金穗", "同心", "宏泰", "瑞丰", "云杉", "长风", "润泽", "丰禾")
TRADES = ("商贸", "机械", "建筑", "餐饮", "物流", "纺织", "农业", "装饰", "家政", "电子", "食品", "矿业")
EMPLOYEE, FLEXIBLE, OWNER, RESIDENT, STOPPED, BACK, IDLE, PENSIONER = range(8)
WORKING = ((EMPLOYEE, 0.55), (FLEXIBLE, 0.07), (OWNER, 0.07), (RESIDENT, 0.16), (STOPPED, 0.09), (BACK, 0.03))
INSURED = ("local_no", "name", "id_number", "sex")
REASONS = ("合同期满", "单位解除", "协商解除", "个人辞职", "开除除名", "转出", "单位合并转移", "其他")
REASON_SHARES = (0.30, 0.20, 0.14, 0.24, 0.03, 0.04, 0.03, 0.02)
MONTH = np.timedelta64(1, "M")


@dataclass(frozen=True)
class Lives:
    """State of each person on the first night, and the dates that follow from it. Arrays of the people's length."""

    town: Town
    nights: int
    seed: int
    state: Array
    is_dead: Mask
    employer: Array  # serial of the employer, of the last one where the job is lost
    stop_date: Array  # NaT where nothing stopped
    stop_night: Array  # night on which the stoppage is told

    def rng(self, subject: str) -> np.random.Generator:
        return stream(self.seed, subject)

    def told_on(self, rng: np.random.Generator, count: int) -> Array:
        return told_on(rng, count, self.town, self.nights)

    def snapshot(self, night: Array | int) -> Array:
        """Snapshot date of a night."""
        return np.asarray(self.town.start + (np.asarray(night) - 1).astype("timedelta64[D]"))


def choice(
    rng: np.random.Generator, words: tuple[Any, ...], count: int, shares: tuple[float, ...] | None = None
) -> Array:
    return np.array(words)[rng.choice(len(words), count, p=shares)]


def night_share(people: int) -> float:
    """Share of rows told on each later night; up to four times higher in a small town, so that its nights have news."""
    return max(NIGHT_SHARE, min(4 * NIGHT_SHARE, 50 / people))


def told_on(rng: np.random.Generator, count: int, town: Town, nights: int) -> Array:
    """Night on which each row is first told: nearly all on the first, a small share on each later one."""
    later = rng.random(count) < night_share(town.own) * (nights - 1)
    return np.where(later, rng.integers(2, max(nights, 2) + 1, count), 1)


def employer_names(serial: Array) -> Array:
    """One name per serial."""
    base = np.array([f"{CITY}{w}{t}" for w in WORDS for t in TRADES])[serial % (len(WORDS) * len(TRADES))]
    turn = serial // (len(WORDS) * len(TRADES))
    return np.strings.add(np.strings.add(base, np.where(turn == 0, "", turn.astype("U6"))), "有限公司")


def employer_columns(serial: Array) -> dict[str, Array]:
    codes = numbers.credit_codes(serial, np.full(len(serial), 91))
    return {
        "employer_name": employer_names(serial),
        "employer_uscc": codes,
        "employer_no": (200_000 + serial).astype("U8"),
    }


def live(town: Town, nights: int, seed: int) -> Lives:
    """Draw everybody's state. Same arguments, same lives."""
    rng, count, age = stream(seed, "lives"), len(town.name), town.age
    states, shares = (tuple(w[k] for w in WORKING) for k in (0, 1))
    state = choice(rng, (*states, IDLE), count, (*shares, 1 - sum(shares)))
    retired = age >= np.where(town.is_male, 60, 52)
    state = np.where((age < 16) | ((age < 22) & (rng.random(count) < 0.6)), IDLE, state)
    state = np.where(retired, np.where(rng.random(count) < 0.85, PENSIONER, IDLE), state)
    lost = np.isin(state, (STOPPED, BACK)) & town.is_own
    state = np.where(np.isin(state, (STOPPED, BACK)) & ~lost, EMPLOYEE, state)
    night = told_on(rng, count, town, nights)
    first = town.start + (night - 1).astype("timedelta64[D]")
    ago = np.where(night > 1, rng.integers(0, 9, count), rng.integers(12, 400, count))
    ago = np.where(state == BACK, ago + 70, ago)
    stop = np.where(lost, first - ago.astype("timedelta64[D]"), np.datetime64("NaT", "D"))
    dead = rng.random(count) < np.where(age >= 60, 0.015, 0.0006)
    return Lives(town, nights, seed, state, dead, rng.integers(0, max(6, count // 45), count), stop, night)


def insurance_stop(lives: Lives) -> Extract:
    """One row per lost job in unemployment insurance, for two in five also one in pension insurance."""
    rng = lives.rng("insurance_stop")
    lost = np.flatnonzero(~np.isnat(lives.stop_date))
    who = np.concatenate([lost, lost[rng.random(len(lost)) < 0.4]])
    retired = np.flatnonzero((lives.state == PENSIONER) & (lives.town.age < 62) & (rng.random(len(lives.state)) < 0.1))
    retired = retired[lives.town.is_own[retired]]
    kind = np.where(np.arange(len(who)) < len(lost), "失业", "养老")
    reason = choice(rng, REASONS, len(lives.state), REASON_SHARES)  # by person: both rows of a job tell the same
    rows = [stop_rows(lives, who, kind, reason[who], lives.stop_date[who], lives.stop_night[who])]
    date = lives.town.start - rng.integers(10, 300, len(retired)).astype("timedelta64[D]")
    rows.append(stop_rows(lives, retired, np.full(len(retired), "养老"), np.full(len(retired), "退休"), date, 1))
    return joined(rows)


def stop_rows(lives: Lives, who: Array, kind: Array, reason: Array, date: Array, night: Array | int) -> Extract:
    paid = date.astype("datetime64[M]") - np.where(date.astype(np.int64) % 3 == 0, 1, 0) * MONTH
    return extract(
        "insurance_stop", lives.town, who, INSURED, night, **employer_columns(lives.employer[who]), insurance_kind=kind,
        stop_reason=reason, last_paid_month=paid, stop_date=date, place=CITY, withdrawn=None,
    )  # fmt: skip


def insurance_active(lives: Lives) -> Extract:
    """Employees stand twice (pension and unemployment insurance), others once; re-hired people from their new start."""
    rng, state, alive = lives.rng("insurance_active"), lives.state, ~lives.is_dead
    staff = np.flatnonzero((state == EMPLOYEE) & alive)
    back = np.flatnonzero((state == BACK) & alive)
    flexible = np.flatnonzero((state == FLEXIBLE) & alive)
    flexible = np.concatenate([flexible, np.flatnonzero((state == STOPPED) & (rng.random(len(state)) < 0.05) & alive)])
    resident = np.flatnonzero(np.isin(state, (RESIDENT, OWNER)) & alive)
    month = lives.town.start.astype("datetime64[M]")
    parts = []
    staff_start = month - rng.integers(1, 150, len(staff)) * MONTH
    hired = lives.told_on(rng, len(staff))
    staff_start = np.where(hired > 1, month, staff_start)
    for kind in ("养老", "失业"):
        parts.append(active_rows(lives, staff, kind, "单位职工", staff_start, hired, lives.employer[staff]))
    night = lives.told_on(rng, len(back))
    stopped = lives.stop_date[back].astype("datetime64[M]")
    begin = np.where(night > 1, month, np.minimum(stopped + rng.integers(1, 4, len(back)) * MONTH, month))
    parts.append(active_rows(lives, back, "失业", "单位职工", begin, night, lives.employer[back] + 1))
    for who, payer in ((flexible, "灵活就业"), (resident, "城乡居民")):
        start = month - rng.integers(1, 90, len(who)) * MONTH
        parts.append(active_rows(lives, who, "养老", payer, start, lives.told_on(rng, len(who)), None))
    return joined(parts)


def active_rows(
    lives: Lives, who: Array, kind: str, payer: str, start: Array, night: Array | int, employer: Array | None
) -> Extract:
    months = np.maximum((lives.town.start.astype("datetime64[M]") - start).astype(np.int64), 0)
    work: dict[str, Any] = dict.fromkeys(("employer_name", "employer_uscc", "employer_no", "employer_months"))
    if employer is not None:
        work = {**employer_columns(employer), "employer_months": months}
    paid = np.where(months > 0, lives.town.start.astype("datetime64[M]") - MONTH, start)
    return extract(
        "insurance_active", lives.town, who, INSURED, night, insurance_kind=kind, payer_kind=payer, start_month=start,
        last_paid_month=paid, end_month=None, pay_kind="正常", place=CITY, **work,
    )  # fmt: skip


def unemployment_benefit(lives: Lives) -> Extract:
    """A quarter of those who lost a job draw benefit, from the month after, for 3 to 24 months."""
    rng = lives.rng("unemployment_benefit")
    who = np.flatnonzero((lives.state == STOPPED) & (rng.random(len(lives.state)) < 0.25))
    start = lives.stop_date[who].astype("datetime64[M]") + MONTH
    length = rng.integers(3, 25, len(who))
    left = start + (length - 1) * MONTH - lives.town.start.astype("datetime64[M]")
    return extract(
        "unemployment_benefit", lives.town, who, ("local_no", "name", "id_number", "sex", "birth_date", "phone"),
        lives.stop_night[who], start_month=start, end_month=start + (length - 1) * MONTH, stop_date=None,
        stop_reason=None, months_left=np.clip(left.astype(np.int64), 0, length),
    )  # fmt: skip


def pension(lives: Lives) -> Extract:
    """One row per pensioner; the later nights bring pensions that begin about now."""
    rng, town = lives.rng("pension"), lives.town
    who = np.flatnonzero((lives.state == PENSIONER) & town.is_own)
    night = np.where(town.age[who] < 63, lives.told_on(rng, len(who)), 1)
    at = town.birth[who] + (np.where(town.is_male[who], 60, 52) * 365.25).astype("timedelta64[D]")
    start = np.where(night > 1, lives.snapshot(night), np.minimum(at, town.start - np.timedelta64(20, "D")))
    status = np.where(
        lives.is_dead[who] & (rng.random(len(who)) < 0.6), "终止", choice(rng, ("正常", "暂停"), len(who), (0.99, 0.01))
    )
    return extract(
        "pension", town, who, ("local_no", "name", "id_number", "sex", "birth_date"), night,
        scheme=choice(rng, ("职工养老", "机关养老", "居民养老"), len(who), (0.5, 0.08, 0.42)),
        start_date=start.astype("datetime64[M]").astype("datetime64[D]"), status=status,
    )  # fmt: skip


def death(lives: Lives) -> Extract:
    """Reported deaths of the last two years; a few are only told later."""
    rng = lives.rng("death")
    who = np.flatnonzero(lives.is_dead)
    night = lives.told_on(rng, len(who))
    ago = np.where(night > 1, rng.integers(2, 30, len(who)), rng.integers(20, 700, len(who)))
    return extract(
        "death", lives.town, who, ("name", "id_number", "sex", "birth_date", "address"), night,
        death_date=lives.snapshot(night) - ago.astype("timedelta64[D]"),
        source=choice(rng, ("民政", "公安", "卫健"), len(who), (0.6, 0.3, 0.1)),
    )  # fmt: skip


def heads(town: Town) -> Array:
    """Index of the head of each household number."""
    where = np.flatnonzero((town.role == HEAD) & town.is_own)
    result = np.zeros(town.household.max() + 1, dtype=np.int64)
    result[town.household[where]] = where
    return result


def low_income(lives: Lives) -> Extract:
    """Every member of three households in a hundred; single aid for some others."""
    rng, town = lives.rng("low_income"), lives.town
    count = town.household.max() + 1
    is_aided = rng.random(count) < 0.03
    who = np.flatnonzero(is_aided[town.household] & town.is_own)
    book = town.household[who]
    night = lives.told_on(rng, count)[book]
    kind = choice(
        rng,
        ("城市低保", "农村低保", "特困", "低保边缘", "刚性支出困难", "低收入"),
        count,
        (0.3, 0.38, 0.1, 0.12, 0.04, 0.06),
    )
    now = lives.snapshot(night).astype("datetime64[M]")
    start = np.where(night > 1, now, now - rng.integers(1, 60, count)[book] * MONTH)
    has_ended = (rng.random(count) < 0.06)[book] & (start < now - 3 * MONTH)
    head = heads(town)[book]
    relation = np.array(["本人", "配偶", "子女", "父母"])[town.role[who]]
    members = np.bincount(book, minlength=count)[book]
    return extract(
        "low_income",
        town,
        who,
        ("name", "id_number", "sex", "town", "village", "phone"),
        night,
        householder_name=town.name[head],
        householder_id=town.number[head],
        relation=relation,
        household_no=numbers.serials("DB", book, 8),
        aid_kind=kind[book],
        start_month=start,
        end_month=np.where(has_ended, now - 2 * MONTH, np.datetime64("NaT", "M")),
        members=members,
        amount=members * (300 + rng.integers(0, 40, count)[book] * 10.0),
    )


def disability_certificate(lives: Lives) -> Extract:
    """Certificates of three people in a hundred; one row in twelve tells the identity number only inside the
    certificate's, one in fifty has the certificate's number in its place."""
    rng, town = lives.rng("disability_certificate"), lives.town
    who = np.flatnonzero((rng.random(len(town.name)) < 0.03) & town.is_own)
    count = len(who)
    category = rng.choice(7, count, p=(0.13, 0.15, 0.02, 0.5, 0.1, 0.08, 0.02))
    grade = rng.choice(4, count, p=(0.16, 0.3, 0.26, 0.28))
    night = lives.told_on(rng, count)
    ago = np.where(night > 1, rng.integers(0, 6, count), rng.integers(30, 3600, count))
    issued = lives.snapshot(night) - ago.astype("timedelta64[D]")
    is_cancelled = (rng.random(count) < 0.04) & (ago > 400)
    cancelled = np.where(
        is_cancelled, town.start - rng.integers(5, 300, count).astype("timedelta64[D]"), np.datetime64("NaT", "D")
    )
    certificate = numbers.disability_numbers(town.number[who], category + 1, grade + 1, rng.random(count) < 0.08)
    slip = rng.random(count)
    kinds = [slip < 0.08, slip < 0.1]
    part = extract(
        "disability_certificate",
        town,
        who,
        ("name", "sex", "birth_date", "phone", "town", "village", "address"),
        night,
        id_number=np.select(kinds, ["", certificate], town.number[who]),
        category=np.array(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"])[category],
        certificate_no=certificate,
        grade=np.array(["一级", "二级", "三级", "四级"])[grade],
        issue_date=issued,
        valid_to=issued + np.timedelta64(3653, "D"),
        status=np.where(is_cancelled, "注销", "有效"),
        cancel_date=cancelled,
        guardian=np.where((category >= 4) & (category < 6), town.name[heads(town)[town.household[who]]], ""),
    )
    part.damage[:] = np.select(kinds, ["id_number:only_in_certificate", "id_number:certificate_number"], "")
    return part
