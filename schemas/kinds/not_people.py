"""Extracts whose rows are not about a person: posts, employers, decisions, complaints, job fairs."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.columns import MUST, SHOULD, column
from schemas.kinds.common import facts


class Vacancy(pa.DataFrameModel):
    """One post of one employer."""

    vacancy_no: Series[str] = column("岗位编号", "text", MUST)
    employer_name: Series[str] = column("单位名称", "text", MUST)
    employer_uscc: Series[str] = column("统一社会信用代码", "uscc")
    post: Series[str] = column("岗位名称", "text", MUST)
    trade: Series[str] = column("工种", "text")
    headcount: Series[int] = column("招聘人数", "int", MUST)
    pay_from: Series[float] = column("月薪下限", "money")
    pay_to: Series[float] = column("月薪上限", "money")
    max_age: Series[int] = column("年龄上限", "int")
    education: Series[str] = column("学历要求", "text")
    place: Series[str] = column("工作地点", "text")
    valid_from: Series[pd.Timestamp] = column("发布日期", "date", MUST)
    valid_to: Series[pd.Timestamp] = column("截止日期", "date")
    contact: Series[str] = column("联系人", "text")
    public_welfare: Series[bool] = column("公益性岗位", "bool")

    class Config:
        metadata = facts(
            "vacancy", "岗位需求", "I23", "公共就业服务机构", "one post of one employer", ("vacancy_no",),
            who="employer", anchor="vacancy_no",
        )  # fmt: skip


class Employer(pa.DataFrameModel):
    """One employer."""

    employer_uscc: Series[str] = column("统一社会信用代码", "uscc", MUST)
    employer_name: Series[str] = column("单位名称", "text", MUST)
    headcount: Series[int] = column("职工人数", "int", MUST)
    key_enterprise: Series[bool] = column("重点企业", "bool")
    layoff_notice_date: Series[pd.Timestamp] = column("裁员报告日期", "date")
    industry: Series[str] = column("行业", "text")

    class Config:
        metadata = facts(
            "employer", "用人单位", "I27", "公共就业服务机构", "one employer", ("employer_uscc",),
            who="employer", anchor="employer_uscc",
        )  # fmt: skip


class Decision(pa.DataFrameModel):
    """One human decision on one ledger entry. The same officer's later answer at the same step replaces the earlier."""

    entry_id: Series[str] = column("台账流水号", "text", MUST)
    decision: Series[str] = column(
        "核查结论", "code", MUST, codes=("确认", "驳回", "暂缓", "同一人", "非同一人"),
        words={"是同一人": "同一人", "不是同一人": "非同一人", "不同人": "非同一人"},
    )  # fmt: skip
    effective_date: Series[pd.Timestamp] = column("生效日期", "date")
    officer: Series[str] = column("核查人", "text", MUST)
    role: Series[str] = column("审核环节", "code", SHOULD, codes=("初审", "审核", "走访", "终审"))
    decided_date: Series[pd.Timestamp] = column("核查日期", "date", MUST)
    note: Series[str] = column("说明", "text")

    class Config:
        metadata = facts(
            "decision", "核查结果", "I29", "公共就业服务机构", "one human decision on one ledger entry",
            ("entry_id", "role", "officer"), who="entry", anchor="entry_id",
        )  # fmt: skip


class Complaint(pa.DataFrameModel):
    """One complaint or one answer to a question on satisfaction."""

    date: Series[pd.Timestamp] = column("日期", "date", MUST)
    kind: Series[str] = column("类型", "code", MUST, codes=("投诉", "满意度"))
    area: Series[str] = column("区域", "text", MUST)
    result: Series[str] = column("结果", "text")

    class Config:
        metadata = facts(
            "complaint", "投诉与满意度", "I30", "公共就业服务机构", "one complaint or answer",
            ("date", "kind", "area", "result"), who="area", anchor="area",
        )  # fmt: skip


class Activity(pa.DataFrameModel):
    """One job fair or campaign."""

    kind: Series[str] = column("活动类型", "text", MUST)
    date: Series[pd.Timestamp] = column("活动日期", "date", MUST)
    area: Series[str] = column("区域", "text", MUST)
    audience: Series[str] = column("面向群体", "text")

    class Config:
        metadata = facts(
            "activity", "招聘活动", "I31", "公共就业服务机构", "one fair or campaign",
            ("kind", "date", "area"), who="area", anchor="area",
        )  # fmt: skip
