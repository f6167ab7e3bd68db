"""Extracts whose rows are not about a person: posts, employers, decisions, complaints, job fairs."""

from schemas.columns import MUST, SHOULD, column
from schemas.declaring import Model
from schemas.dtypes import Day, Money, Number, Text, Truth
from schemas.kinds.common import facts


class Vacancy(Model):
    """One post of one employer."""

    vacancy_no: Text = column("岗位编号", "text", MUST)
    employer_name: Text = column("单位名称", "text", MUST)
    employer_uscc: Text = column("统一社会信用代码", "uscc")
    post: Text = column("岗位名称", "text", MUST)
    trade: Text = column("工种", "text")
    headcount: Number = column("招聘人数", "int", MUST)
    pay_from: Money = column("月薪下限", "money")
    pay_to: Money = column("月薪上限", "money")
    max_age: Number = column("年龄上限", "int")
    education: Text = column("学历要求", "text")
    place: Text = column("工作地点", "text")
    valid_from: Day = column("发布日期", "date", MUST)
    valid_to: Day = column("截止日期", "date")
    contact: Text = column("联系人", "text")
    public_welfare: Truth = column("公益性岗位", "bool")

    class Config:
        metadata = facts(
            "vacancy", "岗位需求", "I23", "公共就业服务机构", "one post of one employer", ("vacancy_no",),
            who="employer", anchor="vacancy_no",
        )  # fmt: skip


class Employer(Model):
    """One employer."""

    employer_uscc: Text = column("统一社会信用代码", "uscc", MUST)
    employer_name: Text = column("单位名称", "text", MUST)
    headcount: Number = column("职工人数", "int", MUST)
    key_enterprise: Truth = column("重点企业", "bool")
    layoff_notice_date: Day = column("裁员报告日期", "date")
    industry: Text = column("行业", "text")

    class Config:
        metadata = facts(
            "employer", "用人单位", "I27", "公共就业服务机构", "one employer", ("employer_uscc",),
            who="employer", anchor="employer_uscc",
        )  # fmt: skip


class Decision(Model):
    """One human decision on one ledger entry. The same officer's later answer at the same step replaces the earlier."""

    entry_id: Text = column("台账流水号", "text", MUST)
    decision: Text = column(
        "核查结论", "code", MUST, codes=("确认", "驳回", "暂缓", "同一人", "非同一人"),
        words={"是同一人": "同一人", "不是同一人": "非同一人", "不同人": "非同一人"},
    )  # fmt: skip
    effective_date: Day = column("生效日期", "date")
    officer: Text = column("核查人", "text", MUST)
    role: Text = column("审核环节", "code", SHOULD, codes=("初审", "审核", "走访", "终审"))
    decided_date: Day = column("核查日期", "date", MUST)
    note: Text = column("说明", "text")

    class Config:
        metadata = facts(
            "decision", "核查结果", "I29", "公共就业服务机构", "one human decision on one ledger entry",
            ("entry_id", "role", "officer"), who="entry", anchor="entry_id",
        )  # fmt: skip


class Complaint(Model):
    """One complaint or one answer to a question on satisfaction."""

    date: Day = column("日期", "date", MUST)
    kind: Text = column("类型", "code", MUST, codes=("投诉", "满意度"))
    area: Text = column("区域", "text", MUST)
    result: Text = column("结果", "text")

    class Config:
        metadata = facts(
            "complaint", "投诉与满意度", "I30", "公共就业服务机构", "one complaint or answer",
            ("date", "kind", "area", "result"), who="area", anchor="area",
        )  # fmt: skip


class Activity(Model):
    """One job fair or campaign."""

    kind: Text = column("活动类型", "text", MUST)
    date: Day = column("活动日期", "date", MUST)
    area: Text = column("区域", "text", MUST)
    audience: Text = column("面向群体", "text")

    class Config:
        metadata = facts(
            "activity", "招聘活动", "I31", "公共就业服务机构", "one fair or campaign",
            ("kind", "date", "area"), who="area", anchor="area",
        )  # fmt: skip
