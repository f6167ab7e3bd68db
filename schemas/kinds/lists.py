"""Lists of people that other bodies keep: poverty watch, lost land, mass organisations."""

from schemas.columns import MUST, SHOULD, column
from schemas.dtypes import Day, Money, Text
from schemas.kinds.common import PersonExtract, facts


class PovertyList(PersonExtract):
    """One person on one list of those lifted out of poverty or watched."""

    household_no: Text = column("户编号", "text", SHOULD)
    list_kind: Text = column(
        "人员类别", "code", MUST, alias=("户类型", "监测对象类别"), codes=("脱贫人口", "脱贫不稳定", "边缘易致贫", "突发严重困难"),
        words={"脱贫户": "脱贫人口", "脱贫不稳定户": "脱贫不稳定", "边缘易致贫户": "边缘易致贫",
               "突发严重困难户": "突发严重困难"},
    )  # fmt: skip
    from_date: Day = column("纳入日期", "date", MUST, month_means="start")
    to_date: Day = column("退出日期", "date", month_means="end")

    class Config:
        metadata = facts(
            "poverty_list", "脱贫监测", "I17", "农业农村部门", "one person on one list",
            ("@who", "list_kind", "from_date"), roster=True,
        )  # fmt: skip


class LandExpropriation(PersonExtract):
    """One person's loss of land in one project."""

    project: Text = column("征地项目", "text")
    lost_date: Day = column("征地日期", "date", MUST, month_means="end")
    area_mu: Money = column("失地面积", "money")

    class Config:
        metadata = facts(
            "land_expropriation", "失地农民", "I18", "自然资源部门", "one person's loss in one project",
            ("@who", "project", "lost_date"), roster=True,
        )  # fmt: skip


class MassOrganisationList(PersonExtract):
    """One person on one list of a mass organisation."""

    organisation: Text = column(
        "群团组织", "code", MUST, alias=("来源单位",), codes=("工会", "妇联", "共青团"),
        words={"总工会": "工会", "妇女联合会": "妇联", "团委": "共青团"},
    )  # fmt: skip
    list_kind: Text = column("人员类别", "text", SHOULD, alias=("困难类别",))
    list_date: Day = column("列入日期", "date", MUST, month_means="start")

    class Config:
        metadata = facts(
            "mass_organisation_list", "群团名单", "I19", "工会、妇联、共青团", "one person on one list",
            ("@who", "organisation", "list_date"), roster=True,
        )  # fmt: skip
