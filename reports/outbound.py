"""Every outbound list, ledger and file: who receives it, by which clauses, and in which sheets it stands."""

from dataclasses import dataclass

from reports import (
    jining_books,
    jining_progress,
    ledger_delta,
    lists,
    match_log,
    place_ledgers,
    quality_feedback,
    scoreboards,
    towns,
    write_back,
    xinyu_form,
)
from reports.sheet import Sheet
from reports.words import LIST_WORDS

OWN_TABLE = {"O01": "ledger_entry", "O20": "match_log"}  # what is a published table anyway is not copied into a list


@dataclass(frozen=True)
class Outbound:
    """One outbound code. `homes` are the workbooks and, in each, the sheets that show it; a home without sheets is a form."""

    code: str
    to: str
    clauses: str
    homes: tuple[tuple[str, tuple[Sheet, ...]], ...]
    when: str = "nightly"

    @property
    def name(self) -> str:
        return LIST_WORDS[self.code]

    @property
    def table(self) -> str:
        return OWN_TABLE.get(self.code, f"lists/{self.code}")


CENTRE, TOWNS = "名单/就业服务机构", "分镇街/<镇街>"
OUTBOUND = (
    Outbound("O01", "information centre, towns", "ZS-3.1.1c, SD-5.5a, ZS-3.1, SD-3.1, XY-5.1, NM-2.0", (
        ("台账增量", (ledger_delta.CLAUSES,)), ("月报/中年失业群体服务台帐 <月>", (place_ledgers.SERVICE_LEDGER,)),
        ("月报/山东援助台账 <月>", (place_ledgers.SD_LEDGER,)), ("月报/新余援助台账 <月>", (place_ledgers.XY_LEDGER,)),
        ("月报/登记失业人员服务台账 <月>", (place_ledgers.NM_LEDGER,))), "delta nightly, ledgers from the 4th of the month"),
    Outbound("O02", "towns, streets", "ZS-3.1, SD-2, XY-1, NM-1.1a, NM-1.3a, JN-1.3", ((CENTRE, (lists.CANDIDATES,)), (TOWNS, (towns.CANDIDATES,)))),
    Outbound("O03", "communities, contractors", "ZS-3.1.3, XY-2.2, SD-5.1, XY-5.3, NM-3.3", (
        (TOWNS, (towns.VISITS,)), ("分镇街/<镇街>-走访表", ()))),
    Outbound("O04", "county", "XY-3, NM-3.2, JN-1.4a, SD-5.5b", ((CENTRE, (lists.PROPOSALS,)),)),
    Outbound("O05", "persons, after a decision", "XY-3.0, NM-3.2", ((CENTRE, (lists.DECIDED,)),)),
    Outbound("O06", "employers, persons", "NM-3.1b", (("名单/用人单位", (lists.URGES,)),)),
    Outbound("O07", "civil affairs", "NM-1.3b", (("名单/民政部门", (lists.REFERRALS,)),)),
    Outbound("O08", "persons", "NM-1.3a, JN-8.2, JN-8.3, XY-4.1", ((CENTRE, (lists.PUSHES,)),)),
    Outbound("O09", "persons and firms", "JN-8.2, SD-3.2.1, XY-4.4, JN-7.1", ((CENTRE, (lists.UNCLAIMED_PEOPLE, lists.UNCLAIMED_FIRMS)),)),
    Outbound("O10", "stations, owners", "NM-4.1, JN-4.4", ((TOWNS, (towns.FOLLOW_UPS,)), (CENTRE, (lists.FOLLOW_UPS,)))),
    Outbound("O11", "stations, owners", "JN-4.6a, JN-4.6b, NM-2.1b, XY-4.3, JN-1.5, SD-5.3", (
        (TOWNS, (towns.GAPS, towns.NO_OWNER)), (CENTRE, (lists.GAP_TOTALS,)))),
    Outbound("O12", "towns, source offices", "NM-3.4, NM-1.1b, JN-3.7", (
        (TOWNS, (towns.STALE,)), ("名单/信息维护", (lists.STALE, lists.REPEATED)),
        ("质量反馈/<机构>", (quality_feedback.REFUSED, quality_feedback.ASIDE)))),
    Outbound("O13", "streets, county", "XY-4.5, SD-3.3.2", ((TOWNS, (towns.FAMILIES,)), (CENTRE, (lists.FAMILIES,)))),
    Outbound("O14", "bureau, leagues", "NM-5.4a, SD-3.4, XY-5.4", (("名单/失业监测", (lists.LAYOFFS,)),)),
    Outbound("O15", "fund control, auditors", "SD-6.2, XY-7.2, ZS-3.1.1b, JN-3.3", (("名单/基金监督", (lists.SUSPECTS,)),)),
    Outbound("O16", "county to city", "JN-1.3, JN-2.3", (
        ("月报/重点群体就业需求台账 <月>", (jining_books.NEEDS_SHEET,)), ("月报/企业岗位需求台账 <月>", (jining_books.VACANCY_SHEET,))),
        "ready by the 4th, due the 5th"),
    Outbound("O17", "counties to city units", "JN-0", (("月报/工作落实情况 <月>", (jining_progress.SHEET,)),), "ready by the 26th, due the 27th"),
    Outbound("O18", "bureau to towns, city to counties", "ZS-4.2, SD-6.1, JN-10.1, JN-10.2", (
        ("月报/镇街记分牌 <月>", (scoreboards.TOWN_SHEET, scoreboards.SATISFACTION_SHEET)),
        ("月报/县区年度记分牌 <年>", (scoreboards.COUNTY_SHEET, scoreboards.SATISFACTION_SHEET))), "from the 4th of the month; counties in January"),
    Outbound("O19", "persons", "ZS-3.4.2, JN-4.1", ((CENTRE, (lists.MATCHES,)),)),
    Outbound("O20", "auditors", "NM-4.2, SD-6.2", (("比对日志", (match_log.INEXACT,)),)),
    Outbound("O21", "county to employment centre", "JN-7.2", (("月报/资金调度 <月>", (jining_books.FUND_SHEET,)),), "from the 4th of the month"),
    Outbound("O22", "training providers", "JN-3.1, ZS-3.3", ((CENTRE, (lists.COURSES,)),)),
    Outbound("O23", "applicants, streets", "XY-2.1, XY-F", (("认定申请表/<镇街>", (xinyu_form.INDEX,)),), "on the night somebody becomes a candidate"),
    Outbound("O24", "province's or region's system", "XY-3.9, NM-4.2", (("回写", (write_back.DECIDED, write_back.FOLLOWED)),), "on nights with anything to write back"),
)  # fmt: skip
