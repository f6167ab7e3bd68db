"""What help was given: courses, subsidies, public-welfare posts."""

from schemas.columns import MUST, SHOULD, column
from schemas.dtypes import Day, Money, Text, Truth
from schemas.kinds.common import PersonExtract, facts


class Training(PersonExtract):
    """One course taken or offered."""

    provider: Text = column("培训机构", "text", MUST)
    course: Text = column("培训项目", "text", MUST)
    free: Truth = column("免费", "bool", MUST)
    start_date: Day = column("开班日期", "date", MUST)
    pass_date: Day = column("合格日期", "date")
    certificate_date: Day = column("发证日期", "date")
    mode: Text = column("培训方式", "code", codes=("线上", "线下"))

    class Config:
        metadata = facts(
            "training", "培训", "I24", "公共就业服务机构", "one course taken or offered",
            ("@who", "provider", "course", "start_date"), roster=True,
        )  # fmt: skip


class Subsidy(PersonExtract):
    """One payment line. Two payments for the same months differ by the day they were paid."""

    item: Text = column(
        "补贴项目", "code", MUST, alias=("补贴类型",),
        codes=("单位社保补贴", "灵活就业社保补贴", "岗位补贴", "公益性岗位补贴", "培训补贴", "生活费补贴", "一次性创业补贴",
               "求职创业补贴"),
    )  # fmt: skip
    payee_name: Text = column("领款单位", "text")
    payee_uscc: Text = column("统一社会信用代码", "uscc")
    month_from: Day = column("补贴起始年月", "month", MUST)
    month_to: Day = column("补贴终止年月", "month", MUST)
    amount: Money = column("补贴金额", "money", MUST)
    paid_date: Day = column("发放日期", "date")

    class Config:
        metadata = facts(
            "subsidy", "补贴发放", "I25", "公共就业服务机构", "one payment line",
            ("@who", "item", "month_from", "month_to", "payee_name", "paid_date"), roster=True,
        )  # fmt: skip


class PublicPost(PersonExtract):
    """One holder of one public-welfare post."""

    unit: Text = column("用人单位", "text", MUST)
    post_no: Text = column("岗位编号", "text", SHOULD)
    start_date: Day = column("上岗日期", "date", MUST, month_means="start")
    end_date: Day = column("离岗日期", "date", month_means="end")

    class Config:
        metadata = facts(
            "public_post", "公益性岗位", "I26", "公共就业服务机构", "one holder of one post",
            ("@who", "unit", "post_no", "start_date"), roster=True,
        )  # fmt: skip
