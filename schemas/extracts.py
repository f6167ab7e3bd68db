"""What each office delivers: one pandera model per extract kind.

Headers, aliases and codes are the names the offices use; a header is recognised after folding. Codes marked in
`words` are spellings seen in real systems that mean exactly one of our codes.
"""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.columns import MAY, MUST, SHOULD, Layout, column, layout_of

SEX_WORDS = {"1": "男", "01": "男", "M": "男", "男性": "男", "2": "女", "02": "女", "F": "女", "女性": "女"}
INSURANCE_CODES = ("养老", "失业", "医疗", "工伤", "生育")
INSURANCE_WORDS = {
    "110": "养老", "企业养老": "养老", "养老保险": "养老", "企业职工基本养老保险": "养老", "基本养老保险": "养老",
    "职工养老": "养老", "210": "失业", "失业保险": "失业", "310": "医疗", "医疗保险": "医疗", "职工医疗": "医疗",
    "职工基本医疗保险": "医疗", "410": "工伤", "工伤保险": "工伤", "510": "生育", "生育保险": "生育",
}  # fmt: skip
LIVE_WORDS = dict.fromkeys(("在业", "开业", "在营", "正常", "存续在营开业在册", "存续在营开业在册状态", "1"), "存续")
STATUS_WORDS = LIVE_WORDS | {
    "2": "吊销未注销",
    "3": "吊销已注销",
    "4": "注销",
    "5": "撤销",
    "6": "迁出",
    "已注销": "注销",
}
URBAN_WORDS = {"非农业": "城镇", "非农": "城镇", "10": "城镇", "城市": "城镇", "农业": "农村", "20": "农村"}

EVENTS = frozenset({"insurance_stop", "death", "service_log"})


def _facts(kind: str, label: str, icode: str, agency: str, grain: str, key: tuple[str, ...], *, roster: bool) -> dict:
    named = {"kind": kind, "label": label, "icode": icode, "agency": agency, "grain": grain}
    return {"zhaoren": named | {"key": key, "adds_people": roster, "is_event": kind in EVENTS}}


class PersonExtract(pa.DataFrameModel):
    """The columns that any extract about people may carry, in any order."""

    name: Series[str] = column(
        "姓名", "name", MUST, alias=("人员姓名", "劳动者姓名", "申请人姓名", "成员姓名", "持证人姓名", "AAC003")
    )
    id_type: Series[str] = column("证件类型", "text", alias=("身份证件类型", "AAC058"))
    id_number: Series[str] = column(
        "证件号码", "id", SHOULD,
        alias=("身份证号", "身份证号码", "公民身份号码", "社会保障号码", "身份证", "证件号", "成员身份证号", "AAC002", "AAC147"),
    )  # fmt: skip
    sex: Series[str] = column("性别", "code", alias=("AAC004",), codes=("男", "女"), words=SEX_WORDS)
    birth_date: Series[pd.Timestamp] = column(
        "出生日期", "date", alias=("出生年月", "出生年月日", "AAC006"), lenient=True
    )
    former_name: Series[str] = column("曾用名", "name", alias=("别名",))
    ethnicity: Series[str] = column("民族", "text", alias=("AAC005",))
    phone: Series[str] = column(
        "联系电话", "phone", alias=("手机号", "手机号码", "电话", "联系方式", "移动电话", "AAC067")
    )
    town: Series[str] = column("镇街", "text", alias=("乡镇街道", "镇区", "街道", "乡镇", "苏木乡镇", "所属镇街"))
    village: Series[str] = column("村居", "text", alias=("社区", "村社区", "嘎查村", "居委", "村委"))
    address: Series[str] = column(
        "地址", "text", alias=("住址", "家庭住址", "户籍地址", "常住地址", "联系地址", "AAC010")
    )
    area_code: Series[str] = column("行政区划代码", "text", alias=("区划代码", "所属区划", "区县代码"))
    local_no: Series[str] = column("个人编号", "text", alias=("个人电脑号", "人员编号", "个人唯一识别码", "AAC001"))


class InsuranceStop(PersonExtract):
    """One stoppage of one insurance kind, from social insurance."""

    employer_name: Series[str] = column("单位名称", "text", SHOULD, alias=("停保单位", "AAB004"))
    employer_uscc: Series[str] = column("统一社会信用代码", "uscc", alias=("单位信用代码", "信用代码", "AAB998"))
    employer_no: Series[str] = column("单位编号", "text", alias=("AAB001",))
    insurance_kind: Series[str] = column(
        "险种", "code", SHOULD, alias=("险种类型", "险种名称", "AAE140"), codes=INSURANCE_CODES, words=INSURANCE_WORDS
    )
    stop_reason: Series[str] = column(
        "停保原因", "code", SHOULD, alias=("变更原因", "减员原因", "AAE160"),
        codes=("合同期满", "单位解除", "协商解除", "个人辞职", "开除除名", "退休", "死亡", "参军", "升学", "出国定居", "判刑",
               "转出", "单位合并转移", "重复参保", "其他"),
        words={"开除": "开除除名", "除名": "开除除名", "在职死亡": "死亡", "辞职": "个人辞职", "调出": "转出"},
    )  # fmt: skip
    last_paid_month: Series[pd.Timestamp] = column("最后缴费年月", "month", SHOULD, alias=("缴费截止年月", "终止年月"))
    stop_date: Series[pd.Timestamp] = column(
        "停保日期", "date", MUST, alias=("停保时间", "变更日期", "减员日期"), month_means="end"
    )
    place: Series[str] = column("参保地", "text")
    withdrawn: Series[bool] = column("撤销标志", "bool", alias=("冲销标志", "作废标志"))

    class Config:
        metadata = _facts(
            "insurance_stop", "社保停保", "I01", "社会保险经办机构", "one stoppage of one insurance kind",
            ("@who", "insurance_kind", "stop_date", "employer_name"), roster=True,
        )  # fmt: skip


class InsuranceActive(PersonExtract):
    """One person insured with one payer in one insurance kind, from social insurance."""

    employer_name: Series[str] = column("单位名称", "text", alias=("参保单位", "AAB004"))
    employer_uscc: Series[str] = column("统一社会信用代码", "uscc", alias=("单位信用代码", "AAB998"))
    employer_no: Series[str] = column("单位编号", "text", alias=("AAB001",))
    insurance_kind: Series[str] = column(
        "险种", "code", SHOULD, alias=("险种类型", "AAE140"), codes=INSURANCE_CODES, words=INSURANCE_WORDS
    )
    payer_kind: Series[str] = column(
        "缴费主体", "code", MUST, alias=("参保身份", "缴费人员类别"),
        codes=("单位职工", "灵活就业", "公益性岗位", "城乡居民"), words={"灵活就业人员": "灵活就业", "职工": "单位职工"},
    )  # fmt: skip
    start_month: Series[pd.Timestamp] = column(
        "参保起始年月", "month", MUST, alias=("本次参保年月", "参保日期", "个人参保日期")
    )
    last_paid_month: Series[pd.Timestamp] = column(
        "最近缴费年月", "month", SHOULD, alias=("费款所属期", "最后缴费年月")
    )
    end_month: Series[pd.Timestamp] = column("参保终止年月", "month")
    pay_kind: Series[str] = column("缴费方式", "code", codes=("正常", "补缴"))
    employer_months: Series[int] = column("单位缴费月数", "int")
    backpaid_months: Series[int] = column("其中补缴月数", "int")
    place: Series[str] = column("参保地", "text")

    class Config:
        metadata = _facts(
            "insurance_active", "社保参保", "I01", "社会保险经办机构", "one person with one payer in one insurance kind",
            ("@who", "insurance_kind", "payer_kind", "employer_name", "start_month"), roster=False,
        )  # fmt: skip


class UnemploymentBenefit(PersonExtract):
    """One spell of unemployment benefit."""

    start_month: Series[pd.Timestamp] = column("起领年月", "month", MUST, alias=("享受开始年月", "待遇起始年月"))
    end_month: Series[pd.Timestamp] = column("止领年月", "month", MUST, alias=("享受结束年月", "待遇终止年月"))
    stop_date: Series[pd.Timestamp] = column("停发日期", "date", month_means="end")
    stop_reason: Series[str] = column("停发原因", "text")
    months_left: Series[int] = column("剩余月数", "int")

    class Config:
        metadata = _facts(
            "unemployment_benefit", "失业保险待遇", "I02", "社会保险经办机构", "one spell of benefit",
            ("@who", "start_month"), roster=True,
        )  # fmt: skip


class Pension(PersonExtract):
    """One basic pension in payment."""

    scheme: Series[str] = column(
        "待遇类别", "code", SHOULD, alias=("养老类别", "险种"), codes=("职工养老", "机关养老", "居民养老"),
        words={"企业养老": "职工养老", "企业职工养老": "职工养老", "城乡居民养老": "居民养老", "机关事业养老": "机关养老"},
    )  # fmt: skip
    start_date: Series[pd.Timestamp] = column(
        "待遇开始日期", "date", MUST, alias=("待遇起始年月", "离退休日期", "领取待遇日期"), month_means="start"
    )
    status: Series[str] = column(
        "发放状态", "code", SHOULD, alias=("待遇发放状态",), codes=("正常", "暂停", "终止"),
        words={"正常发放": "正常", "暂停发放": "暂停", "停发": "终止", "终止发放": "终止"},
    )  # fmt: skip

    class Config:
        metadata = _facts(
            "pension", "养老待遇", "I03", "社会保险经办机构", "one pension in payment",
            ("@who", "scheme"), roster=False,
        )  # fmt: skip


class UnemploymentRegistration(PersonExtract):
    """One spell of unemployment registration, from the employment service's own system."""

    reg_no: Series[str] = column("登记编号", "text", SHOULD, alias=("失业登记编号",))
    reg_date: Series[pd.Timestamp] = column("登记日期", "date", MUST, alias=("失业登记日期",))
    job_loss_date: Series[pd.Timestamp] = column("失业日期", "date", SHOULD, alias=("失业时间",), month_means="start")
    cancel_date: Series[pd.Timestamp] = column("注销日期", "date", alias=("失业登记注销日期",))
    cancel_ground: Series[str] = column("注销原因", "text")
    basis: Series[str] = column("登记方式", "code", codes=("核验", "承诺制"))
    hukou_kind: Series[str] = column(
        "户籍性质", "code", SHOULD, alias=("户口性质", "AAC009"), codes=("城镇", "农村"), words=URBAN_WORDS
    )
    usual_place: Series[str] = column("常住地类型", "code", codes=("城镇", "农村"), words=URBAN_WORDS)
    place: Series[str] = column("登记地", "text", alias=("登记机构",))
    wish: Series[str] = column("就业意愿", "text", SHOULD, alias=("服务意愿", "求职意愿"))
    able: Series[bool] = column("有劳动能力", "bool", SHOULD)
    willing: Series[bool] = column("有就业要求", "bool", SHOULD)
    education: Series[str] = column("文化程度", "text", alias=("学历", "AAC011"))
    skill: Series[str] = column("技能", "text", alias=("技能等级", "职业技能"))
    health: Series[str] = column("健康状况", "text", alias=("身体状况",))
    training_wish: Series[str] = column("培训意愿", "text")
    job_need: Series[str] = column("就业需求", "text", alias=("意向岗位", "意向工种"))
    last_verified: Series[pd.Timestamp] = column("最近核验日期", "date")
    owner: Series[str] = column("帮扶责任人", "text", alias=("包保责任人",))
    certificate_no: Series[str] = column("就业创业证号", "text")

    class Config:
        metadata = _facts(
            "unemployment_registration", "失业登记", "I04", "公共就业服务机构", "one registration spell",
            ("@who", "reg_date"), roster=True,
        )  # fmt: skip


class LowIncome(PersonExtract):
    """One protected household member, from civil affairs."""

    householder_name: Series[str] = column("户主姓名", "name")
    householder_id: Series[str] = column("户主身份证号", "id", alias=("户主证件号码",))
    relation: Series[str] = column("与户主关系", "text")
    household_no: Series[str] = column("低保证号", "text", SHOULD, alias=("救助证编号", "家庭编号", "户编号"))
    aid_kind: Series[str] = column(
        "救助类别", "code", MUST, alias=("低保类别", "保障类别"),
        codes=("城市低保", "农村低保", "特困", "低保边缘", "刚性支出困难", "低收入"),
        words={"城市最低生活保障": "城市低保", "城市居民最低生活保障": "城市低保", "农村最低生活保障": "农村低保",
               "最低生活保障边缘": "低保边缘", "特困人员": "特困", "五保": "特困", "支出型困难": "刚性支出困难"},
    )  # fmt: skip
    start_month: Series[pd.Timestamp] = column("起始保障年月", "month", MUST, alias=("保障起始年月", "享受起始日期"))
    end_month: Series[pd.Timestamp] = column("终止保障年月", "month", alias=("停保年月",))
    members: Series[int] = column("保障人数", "int")
    amount: Series[float] = column("月保障金", "money")

    class Config:
        metadata = _facts(
            "low_income", "低保低收入", "I07", "民政部门", "one protected household member",
            ("@who", "household_no", "aid_kind", "start_month"), roster=True,
        )  # fmt: skip


class Death(PersonExtract):
    """One death report, from civil affairs."""

    death_date: Series[pd.Timestamp] = column("死亡日期", "date", MUST)
    source: Series[str] = column("数据来源", "text", alias=("来源",))

    class Config:
        metadata = _facts("death", "死亡", "I09", "民政部门", "one death report", ("@who", "source"), roster=False)


class DisabilityCertificate(PersonExtract):
    """One disability certificate, from the federation. Its number begins with the holder's identity number."""

    certificate_no: Series[str] = column("残疾人证号", "text", MUST, alias=("残疾证号",))
    category: Series[str] = column(
        "残疾类别", "code", SHOULD, codes=("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
    )
    grade: Series[str] = column(
        "残疾等级", "code", SHOULD, codes=("一级", "二级", "三级", "四级"),
        words={"1": "一级", "2": "二级", "3": "三级", "4": "四级", "1级": "一级", "2级": "二级", "3级": "三级", "4级": "四级"},
    )  # fmt: skip
    issue_date: Series[pd.Timestamp] = column("发证日期", "date", SHOULD, alias=("初次申领日期", "核发日期"))
    valid_to: Series[pd.Timestamp] = column(
        "有效期至", "date", SHOULD, alias=("有效期止", "证件有效期"), month_means="end"
    )
    status: Series[str] = column("证件状态", "code", MUST, alias=("状态",), codes=("有效", "注销", "过期", "冻结"))
    cancel_date: Series[pd.Timestamp] = column("注销日期", "date")
    guardian: Series[str] = column("监护人", "name")

    class Config:
        metadata = _facts(
            "disability_certificate", "残疾人证", "I11", "残疾人联合会", "one certificate",
            ("certificate_no",), roster=True,
        )  # fmt: skip


class MarketEntity(PersonExtract):
    """One person's role in one market entity, from market regulation."""

    uscc: Series[str] = column("统一社会信用代码", "uscc", SHOULD)
    reg_no: Series[str] = column("注册号", "text")
    entity_name: Series[str] = column("企业名称", "text", MUST, alias=("主体名称", "字号名称", "企业机构名称"))
    entity_kind: Series[str] = column(
        "主体类型", "code", MUST, alias=("市场主体类型", "企业类型"), codes=("个体工商户", "企业", "农民专业合作社")
    )
    role: Series[str] = column(
        "任职身份", "code", MUST, alias=("人员角色", "职务"),
        codes=("经营者", "法定代表人", "负责人", "股东", "监事", "董事"), words={"法人": "法定代表人", "发起人": "股东"},
    )  # fmt: skip
    status: Series[str] = column(
        "登记状态", "code", MUST, alias=("经营状态",),
        codes=("存续", "吊销未注销", "吊销已注销", "注销", "撤销", "迁出"), words=STATUS_WORDS,
    )  # fmt: skip
    founded_date: Series[pd.Timestamp] = column("成立日期", "date", MUST, alias=("注册日期",))
    cancelled_date: Series[pd.Timestamp] = column("注销日期", "date", alias=("注销吊销日期",))
    industry: Series[str] = column("行业", "text")

    class Config:
        metadata = _facts(
            "market_entity", "市场主体", "I12", "市场监督管理部门", "one person's role in one market entity",
            ("@who", "uscc", "reg_no", "entity_name", "role"), roster=False,
        )  # fmt: skip


class ServiceLog(PersonExtract):
    """One contact or service, from the employment service's own system."""

    service_date: Series[pd.Timestamp] = column("服务日期", "date", MUST)
    service_kind: Series[str] = column(
        "服务类型", "code", MUST,
        codes=("职业指导", "岗位推荐", "公益性岗位信息", "技能培训", "培训机会", "培训机构信息", "创业服务", "见习推荐",
               "跟踪回访", "入户走访", "拒绝服务", "主动退出"),
    )  # fmt: skip
    means: Series[str] = column("服务方式", "code", codes=("上门", "电话", "短信", "线上", "现场", "数据比对"))
    staff: Series[str] = column("服务人员", "text", SHOULD)
    result: Series[str] = column("服务结果", "text")
    reason: Series[str] = column("拒绝理由", "text")
    justified: Series[bool] = column("理由正当", "bool")
    in_system: Series[bool] = column("已录入系统", "bool")
    vacancy_no: Series[str] = column("岗位编号", "text")

    class Config:
        metadata = _facts(
            "service_log", "服务记录", "I21", "公共就业服务机构", "one contact or service",
            ("@who", "service_date", "service_kind", "vacancy_no", "staff"), roster=True,
        )  # fmt: skip


MODELS: tuple[type[PersonExtract], ...] = (
    UnemploymentRegistration, InsuranceStop, UnemploymentBenefit, LowIncome, DisabilityCertificate, ServiceLog,
    InsuranceActive, Pension, MarketEntity, Death,
)  # fmt: skip
LAYOUTS: dict[str, Layout] = {layout_of(m).kind: layout_of(m) for m in MODELS}
__all__ = ["LAYOUTS", "MAY", "MODELS", "MUST", "SHOULD", "PersonExtract"]
