"""Cases that test_scenarios_clauses plays: what a reason for a stoppage says of whom to invite, who no longer meets a condition
of help, what a doubtful row takes from nobody, and where a call leads back to."""

from collections.abc import Mapping

from tests.more_said import NOTHING, ended, housed, jailed, jobless, lost_land, recognised, visited
from tests.nightshift import Case, Said, aid, insured, licence, registered, service, stop

JUN29, JUN30, JUL01 = ("2024-06-29", "2024-06-30", "2024-07-01")
DIBAO, SPRING = aid("2023-01"), jobless("2024-04-10")
RURAL = {"户籍性质": "农村", "常住地类型": "农村"}
INVITED = "T NOTIFY NM-1.1a may-register"


def on(clause: str, case_id: str, birth: str, said: tuple[Said, ...], expect: Mapping[str, tuple[str, ...]], tracks: str = "L") -> Case:  # fmt: skip
    return Case(case_id, birth, said, expect, tracks=tracks, clause=clause)


def local(book: str) -> Said:
    return housed("山东省某市某区", book=book)


def xinyu(book: str) -> Said:
    return housed("江西省新余市渝水区", book=book)


def invited(case_id: str, birth: str, said: tuple[Said, ...], expect: Mapping[str, tuple[str, ...]]) -> Case:
    return on("NM-1.1a", case_id, birth, said, expect, "T")


def leaves(clause: str, ground: str) -> dict[str, tuple[str, ...]]:
    return {JUN30: (f"L PROP_EXIT {clause} {ground}",)}


STOPPAGES = (
    invited("let go", "1980-01-01", (stop("2024-05"),), {JUN29: (INVITED,)}),
    invited("stopped as dead", "1980-01-02", (stop("2024-05", reason="死亡"),), NOTHING),
    invited("stopped as dead and aided", "1980-01-03", (stop("2024-05", reason="死亡"), DIBAO), NOTHING),
    invited("stopped as retired", "1980-01-04", (stop("2024-05", reason="退休"),), NOTHING),
    invited("stopped as retired that day, aided", "1980-01-05", (stop("2024-06", JUN30, reason="退休", 停保日期=JUN30), DIBAO),
            {JUN29: (INVITED,), JUN30: (ended(INVITED),)}),
    invited("stopped as a soldier", "1980-01-06", (stop("2024-05", reason="参军"),), NOTHING),
    invited("stopped as a soldier once, aided", "1980-01-07", (stop("2020-05", reason="参军"), DIBAO), {JUN29: (INVITED,)}),
    invited("moved with a merger", "1980-01-08", (stop("2024-05", reason="单位合并转移"),), NOTHING),
    invited("retired from one employer and let go by the next", "1980-01-09", (stop("2020-05", reason="退休"), stop("2024-05", firm="乙厂")), {JUN29: (INVITED,)}),
    invited("let go and in prison from that day", "1980-01-10", (stop("2024-05"), jailed(JUN30)), {JUN29: (INVITED,), JUN30: (ended(INVITED),)}),
    invited("let go and not willing by a visit", "1980-01-11", (stop("2024-05"), visited("2024-06-01", 有就业要求="否")), NOTHING),
    on("ZS-3.1", "disabled by age, stopped as dead", "1980-01-12", (stop("2024-05", reason="死亡"), DIBAO), NOTHING),
    on("ZS-3.1", "registered after a stoppage as retired", "1980-01-13", (stop("2024-03", reason="退休"), SPRING), {JUN29: ("L ADD ZS-3.1 registration",)}),
    on("ZS-3.1", "registered before a stoppage as retired", "1980-01-14", (stop("2024-05", reason="退休"), SPRING), NOTHING),
    on("JN-1.2", "on a list and stopped as dead", "1980-01-15", (stop("2024-05", reason="死亡"), DIBAO), NOTHING, "T"),
    on("JN-1.2", "on a list and let go", "1980-01-16", (stop("2024-05"), DIBAO), {JUN29: ("T NOTIFY JN-1.2 may-register",)}, "T"),
)  # fmt: skip
NO_LONGER = (
    on("SD-5.5b", "deregistered that day", "1981-01-01", (jobless("2024-04-10", 注销日期=JUN30), local("K1"), DIBAO), leaves("SD-5.5b", "deregistered")),
    on("SD-5.5b", "deregistered that day, employed", "1981-01-02", (jobless("2024-04-10", 注销日期=JUN30), local("K2"), DIBAO, insured("2024-06", JUN30)), NOTHING),
    on("SD-5.5b", "deregistered and never listed", "1981-01-03", (jobless("2024-04-10", 注销日期=JUN30), local("K3")), NOTHING),
    on("SD-5.5b", "not willing from that day", "1981-01-04", (jobless("2024-04-10", "", JUN30), jobless("2024-04-10", JUN30, 有就业要求="否"), local("K4"), DIBAO), leaves("SD-5.5b", "unwilling")),
    on("SD-5.5b", "moved that day", "1981-01-05", (SPRING, housed("山东省某市某区", "", JUN30, book="K5"), housed("河南省某市某县", JUN30, from_=JUN30, book="K5"), DIBAO), leaves("SD-5.5b", "moved")),
    on("SD-5.5b", "deregistered by a row of the same name", "1981-01-06", (SPRING, registered("2024-01-10", JUN30, 注销日期=JUN30, 登记编号="B9", 证件号码=""), local("K6"), DIBAO), NOTHING),
    on("SD-3.2.2", "opened a shop that day", "1981-01-07", (SPRING, local("K7"), DIBAO, licence(JUN30, JUN30)), {JUN30: ("L FLAG_REEMP SD-3.2.2 licence",)}),
    on("XY-6.5", "recognised and deregistered that day", "1981-01-08", (jobless("2024-01-10", 注销日期=JUN30), xinyu("K8"), recognised("4050", "2024-03-01")), leaves("XY-6.5", "deregistered")),
    on("XY-6.5", "recognised and not able from that day", "1981-01-09",
       (jobless("2024-01-10", "", JUN30), jobless("2024-01-10", JUN30, 有劳动能力="否"), xinyu("K9"), recognised("4050", "2024-03-01")), leaves("XY-6.5", "unwilling")),
    on("XY-6.5", "recognised and moved that day", "1981-01-10",
       (SPRING, housed("江西省新余市渝水区", "", JUN30, book="K10"), housed("江西省宜春市", JUN30, book="K10"), recognised("4050", "2024-03-01")), leaves("XY-6.5", "moved")),
    on("XY-6.5", "recognised and still fitting", "1981-01-11", (SPRING, xinyu("K11"), recognised("4050", "2024-03-01")), NOTHING),
    on("XY-4.4", "recognised, opened a shop that day", "1981-01-12", (SPRING, xinyu("K12"), recognised("4050", "2024-03-01"), licence(JUN30, JUN30)), {JUN30: ("L FLAG_REEMP XY-4.4 licence",)}),
)  # fmt: skip
BESIDE = (
    on("SD-2.7", "lost the land", "1970-01-01", (jobless("2024-04-10", **RURAL), local("K13"), lost_land("2023-01-01")), {JUN29: ("L ADD SD-2.7 2.7",)}),
    on("NM-1.3b", "benefit ended and aided by a row without a number", "1981-02-01",
       (SPRING, Said("失业保险待遇", {"起领年月": "2023-10", "止领年月": "2024-04"}), aid("2023-01", **{"证件号码": ""})), {JUN29: ("T REFER NM-1.3b benefit-ended",)}, "T"),
    on("NM-1.3b", "found without income on a visit, and aided from that day", "1981-02-04",
       (SPRING, visited("2024-06-20", 家庭无收入="是"), Said("低保低收入", {"低保证号": "DB7", "救助类别": "城市低保", "起始保障年月": "2024-06"}, JUN30)),
       {JUN29: ("T REFER NM-1.3b no-income",), JUN30: (ended("T REFER NM-1.3b no-income"),)}, "T"),
    on("NM-1.3b", "visited and found with an income", "1981-02-05", (SPRING, visited("2024-06-20", 家庭无收入="否")), NOTHING, "T"),
    on("NM-1.3b", "benefit ended and aided", "1981-02-02", (SPRING, Said("失业保险待遇", {"起领年月": "2023-10", "止领年月": "2024-04"}), DIBAO), NOTHING, "T"),
    on("NM-1.3b", "benefit ended, in prison from that day", "1981-02-03", (SPRING, Said("失业保险待遇", {"起领年月": "2023-10", "止领年月": "2024-04"}), jailed(JUN30)),
       {JUN29: ("T REFER NM-1.3b benefit-ended",), JUN30: (ended("T REFER NM-1.3b benefit-ended"),)}, "T"),
)  # fmt: skip
CALLED = Case(
    "called in June", "1981-03-01",
    (jobless("2023-09-10"), service("2023-10-01", "职业指导"), service("2024-06-30", "跟踪回访", JUN30), service("2024-03-20", "跟踪回访", JUL01)), NOTHING, clause="NM-4.2",
)  # fmt: skip
CONDITIONS = (*STOPPAGES, *NO_LONGER, *BESIDE, CALLED)
