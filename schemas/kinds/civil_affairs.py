"""What civil affairs and the disability federation deliver."""

from schemas.columns import MUST, SHOULD, column
from schemas.dtypes import Day, Money, Number, Text
from schemas.kinds.common import PersonExtract, facts


class LowIncome(PersonExtract):
    """One protected household member, from civil affairs."""

    householder_name: Text = column("户主姓名", "name")
    householder_id: Text = column("户主身份证号", "id", alias=("户主证件号码",))
    relation: Text = column("与户主关系", "text")
    household_no: Text = column("低保证号", "text", SHOULD, alias=("救助证编号", "家庭编号", "户编号"))
    aid_kind: Text = column(
        "救助类别", "code", MUST, alias=("低保类别", "保障类别"),
        codes=("城市低保", "农村低保", "特困", "低保边缘", "刚性支出困难", "低收入"),
        words={"城市最低生活保障": "城市低保", "城市居民最低生活保障": "城市低保", "农村最低生活保障": "农村低保",
               "最低生活保障边缘": "低保边缘", "特困人员": "特困", "五保": "特困", "支出型困难": "刚性支出困难"},
    )  # fmt: skip
    start_month: Day = column("起始保障年月", "month", MUST, alias=("保障起始年月", "享受起始日期"))
    end_month: Day = column("终止保障年月", "month", alias=("停保年月",))
    members: Number = column("保障人数", "int")
    amount: Money = column("月保障金", "money")

    class Config:
        metadata = facts(
            "low_income", "低保低收入", "I07", "民政部门", "one protected household member",
            ("@who", "household_no", "aid_kind", "start_month"), roster=True,
        )  # fmt: skip


class Marriage(PersonExtract):
    """One person's marital event. Numeric codes mean different things in different systems, so none is read."""

    status: Text = column(
        "婚姻状况", "code", MUST, codes=("未婚", "已婚", "离婚", "丧偶"),
        words={"离异": "离婚", "初婚": "已婚", "再婚": "已婚", "复婚": "已婚", "结婚": "已婚"},
    )  # fmt: skip
    event_date: Day = column("登记日期", "date", MUST, alias=("发生日期",))
    child_id: Text = column("抚养子女证件号码", "id")
    child_birth: Day = column("抚养子女出生日期", "date")

    class Config:
        metadata = facts(
            "marriage", "婚姻登记", "I08", "民政部门", "one person's marital event", ("@who", "event_date")
        )


class Death(PersonExtract):
    """One death report, from civil affairs."""

    death_date: Day = column("死亡日期", "date", MUST)
    source: Text = column("数据来源", "text", alias=("来源",))

    class Config:
        metadata = facts("death", "死亡", "I09", "民政部门", "one death report", ("@who", "source"))


class PrivateNonenterprise(PersonExtract):
    """One person's role in one private non-enterprise unit."""

    unit_uscc: Text = column("统一社会信用代码", "uscc", MUST)
    unit_name: Text = column("单位名称", "text", MUST)
    role: Text = column("任职身份", "code", MUST, codes=("法定代表人", "举办者", "理事"), words={"法人": "法定代表人"})
    status: Text = column("登记状态", "text", MUST)
    founded_date: Day = column("成立日期", "date", MUST)
    cancelled_date: Day = column("注销日期", "date")

    class Config:
        metadata = facts(
            "private_nonenterprise", "民办非企业", "I10", "民政部门", "one person's role in one unit",
            ("@who", "unit_uscc", "role"),
        )  # fmt: skip


class DisabilityCertificate(PersonExtract):
    """One disability certificate, from the federation. Its number begins with the holder's identity number."""

    certificate_no: Text = column("残疾人证号", "text", MUST, alias=("残疾证号",))
    category: Text = column("残疾类别", "code", SHOULD, codes=("视力", "听力", "言语", "肢体", "智力", "精神", "多重"))
    grade: Text = column(
        "残疾等级", "code", SHOULD, codes=("一级", "二级", "三级", "四级"),
        words={"1": "一级", "2": "二级", "3": "三级", "4": "四级", "1级": "一级", "2级": "二级", "3级": "三级", "4级": "四级"},
    )  # fmt: skip
    issue_date: Day = column("发证日期", "date", SHOULD, alias=("初次申领日期", "核发日期"))
    valid_to: Day = column("有效期至", "date", SHOULD, alias=("有效期止", "证件有效期"), month_means="end")
    status: Text = column("证件状态", "code", MUST, alias=("状态",), codes=("有效", "注销", "过期", "冻结"))
    cancel_date: Day = column("注销日期", "date")
    guardian: Text = column("监护人", "name")

    class Config:
        metadata = facts(
            "disability_certificate", "残疾人证", "I11", "残疾人联合会", "one certificate",
            ("certificate_no",), roster=True,
        )  # fmt: skip
