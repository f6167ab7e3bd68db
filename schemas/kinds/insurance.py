"""What social insurance delivers: who stopped, who is insured, who draws a benefit or a pension."""

from schemas.columns import MUST, SHOULD, column
from schemas.dtypes import Day, Number, Text, Truth
from schemas.kinds.common import INSURANCE_CODES, INSURANCE_WORDS, PersonExtract, facts


class InsuranceStop(PersonExtract):
    """One stoppage of one insurance kind, from social insurance."""

    employer_name: Text = column("单位名称", "text", SHOULD, alias=("停保单位", "AAB004"))
    employer_uscc: Text = column("统一社会信用代码", "uscc", alias=("单位信用代码", "信用代码", "AAB998"))
    employer_no: Text = column("单位编号", "text", alias=("AAB001",))
    insurance_kind: Text = column(
        "险种", "code", SHOULD, alias=("险种类型", "险种名称", "AAE140"), codes=INSURANCE_CODES, words=INSURANCE_WORDS
    )
    stop_reason: Text = column(
        "停保原因", "code", SHOULD, alias=("变更原因", "减员原因", "AAE160"),
        codes=("合同期满", "单位解除", "协商解除", "个人辞职", "开除除名", "退休", "死亡", "参军", "升学", "出国定居", "判刑",
               "转出", "单位合并转移", "重复参保", "其他"),
        words={"开除": "开除除名", "除名": "开除除名", "在职死亡": "死亡", "辞职": "个人辞职", "调出": "转出"},
    )  # fmt: skip
    last_paid_month: Day = column("最后缴费年月", "month", SHOULD, alias=("缴费截止年月", "终止年月"))
    stop_date: Day = column("停保日期", "date", MUST, alias=("停保时间", "变更日期", "减员日期"), month_means="end")
    place: Text = column("参保地", "text")
    withdrawn: Truth = column("撤销标志", "bool", alias=("冲销标志", "作废标志"))

    class Config:
        metadata = facts(
            "insurance_stop", "社保停保", "I01", "社会保险经办机构", "one stoppage of one insurance kind",
            ("@who", "insurance_kind", "stop_date", "employer_name"), roster=True,
        )  # fmt: skip


class InsuranceActive(PersonExtract):
    """One person insured with one payer in one insurance kind, from social insurance."""

    employer_name: Text = column("单位名称", "text", alias=("参保单位", "AAB004"))
    employer_uscc: Text = column("统一社会信用代码", "uscc", alias=("单位信用代码", "AAB998"))
    employer_no: Text = column("单位编号", "text", alias=("AAB001",))
    insurance_kind: Text = column(
        "险种", "code", SHOULD, alias=("险种类型", "AAE140"), codes=INSURANCE_CODES, words=INSURANCE_WORDS
    )
    payer_kind: Text = column(
        "缴费主体", "code", MUST, alias=("参保身份", "缴费人员类别"),
        codes=("单位职工", "灵活就业", "公益性岗位", "城乡居民"), words={"灵活就业人员": "灵活就业", "职工": "单位职工"},
    )  # fmt: skip
    start_month: Day = column("参保起始年月", "month", MUST, alias=("本次参保年月", "参保日期", "个人参保日期"))
    last_paid_month: Day = column("最近缴费年月", "month", SHOULD, alias=("费款所属期", "最后缴费年月"))
    end_month: Day = column("参保终止年月", "month")
    pay_kind: Text = column("缴费方式", "code", codes=("正常", "补缴"))
    employer_months: Number = column("单位缴费月数", "int")
    backpaid_months: Number = column("其中补缴月数", "int")
    place: Text = column("参保地", "text")

    class Config:
        metadata = facts(
            "insurance_active", "社保参保", "I01", "社会保险经办机构", "one person with one payer in one insurance kind",
            ("@who", "insurance_kind", "payer_kind", "employer_name", "start_month"),
        )  # fmt: skip


class UnemploymentBenefit(PersonExtract):
    """One spell of unemployment benefit."""

    start_month: Day = column("起领年月", "month", MUST, alias=("享受开始年月", "待遇起始年月"))
    end_month: Day = column("止领年月", "month", MUST, alias=("享受结束年月", "待遇终止年月"))
    stop_date: Day = column("停发日期", "date", month_means="end")
    stop_reason: Text = column("停发原因", "text")
    months_left: Number = column("剩余月数", "int")

    class Config:
        metadata = facts(
            "unemployment_benefit", "失业保险待遇", "I02", "社会保险经办机构", "one spell of benefit",
            ("@who", "start_month"), roster=True,
        )  # fmt: skip


class Pension(PersonExtract):
    """One basic pension in payment."""

    scheme: Text = column(
        "待遇类别", "code", SHOULD, alias=("养老类别", "险种"), codes=("职工养老", "机关养老", "居民养老"),
        words={"企业养老": "职工养老", "企业职工养老": "职工养老", "城乡居民养老": "居民养老", "机关事业养老": "机关养老"},
    )  # fmt: skip
    start_date: Day = column(
        "待遇开始日期", "date", MUST, alias=("待遇起始年月", "离退休日期", "领取待遇日期"), month_means="start"
    )
    status: Text = column(
        "发放状态", "code", SHOULD, alias=("待遇发放状态",), codes=("正常", "暂停", "终止"),
        words={"正常发放": "正常", "暂停发放": "暂停", "停发": "终止", "终止发放": "终止"},
    )  # fmt: skip

    class Config:
        metadata = facts(
            "pension", "养老待遇", "I03", "社会保险经办机构", "one pension in payment",
            ("@who", "scheme"),
        )  # fmt: skip
