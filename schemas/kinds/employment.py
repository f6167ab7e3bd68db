"""What the employment service's own system holds: registrations, recognitions, services, visits."""

from schemas.columns import MUST, SHOULD, column
from schemas.dtypes import Day, Money, Number, Text, Truth
from schemas.kinds.common import URBAN_WORDS, PersonExtract, facts


class UnemploymentRegistration(PersonExtract):
    """One spell of unemployment registration, from the employment service's own system."""

    reg_no: Text = column("登记编号", "text", SHOULD, alias=("失业登记编号",))
    reg_date: Day = column("登记日期", "date", MUST, alias=("失业登记日期",))
    job_loss_date: Day = column("失业日期", "date", SHOULD, alias=("失业时间",), month_means="start")
    cancel_date: Day = column("注销日期", "date", alias=("失业登记注销日期",))
    cancel_ground: Text = column("注销原因", "text")
    basis: Text = column("登记方式", "code", codes=("核验", "承诺制"))
    hukou_kind: Text = column(
        "户籍性质", "code", SHOULD, alias=("户口性质", "AAC009"), codes=("城镇", "农村"), words=URBAN_WORDS
    )
    usual_place: Text = column("常住地类型", "code", codes=("城镇", "农村"), words=URBAN_WORDS)
    place: Text = column("登记地", "text", alias=("登记机构",))
    wish: Text = column(
        "就业意愿", "text", SHOULD, alias=("服务意愿", "求职意愿"), codes=("就业", "培训", "创业", "不明确", "其他"), many=True
    )  # fmt: skip
    able: Truth = column("有劳动能力", "bool", SHOULD)
    willing: Truth = column("有就业要求", "bool", SHOULD)
    education: Text = column("文化程度", "text", alias=("学历", "AAC011"))
    skill: Text = column("技能", "text", alias=("技能等级", "职业技能"))
    health: Text = column("健康状况", "text", alias=("身体状况",))
    training_wish: Text = column("培训意愿", "text")
    job_need: Text = column("就业需求", "text", alias=("意向岗位", "意向工种"))
    last_verified: Day = column("最近核验日期", "date")
    owner: Text = column("帮扶责任人", "text", alias=("包保责任人",))
    certificate_no: Text = column("就业创业证号", "text")
    pay_wish: Money = column("期望月薪", "money", alias=("期望薪资", "期望工资"))
    place_wish: Text = column("期望工作地点", "text", alias=("意向工作地点",))

    class Config:
        metadata = facts(
            "unemployment_registration", "失业登记", "I04", "公共就业服务机构", "one registration spell",
            ("@who", "reg_date"), roster=True,
        )  # fmt: skip


class EmploymentRegistration(PersonExtract):
    """One employment spell."""

    job_kind: Text = column(
        "就业形式", "code", MUST, alias=("就业类型",), codes=("单位就业", "个体经营", "灵活就业", "公益性岗位", "自主创业"),
        words={"010": "单位就业", "020": "自主创业", "021": "个体经营", "022": "灵活就业", "030": "公益性岗位"},
    )  # fmt: skip
    employer_name: Text = column("单位名称", "text")
    employer_uscc: Text = column("统一社会信用代码", "uscc")
    start_date: Day = column("就业日期", "date", MUST, alias=("合同开始时间", "开始日期"), month_means="start")
    end_date: Day = column("终止日期", "date", alias=("合同解除日期", "合同结束时间"), month_means="end")
    place: Text = column("就业地", "text")

    class Config:
        metadata = facts(
            "employment_registration", "就业登记", "I05", "公共就业服务机构", "one employment spell",
            ("@who", "start_date", "employer_name"),
        )  # fmt: skip


class HardshipRecognition(PersonExtract):
    """One spell of recognition as a person in employment hardship."""

    basis: Text = column("困难类型", "text", MUST, alias=("认定类别", "困难人员类别"))
    apply_date: Day = column("申请日期", "date")
    prelim_date: Day = column("初审日期", "date")
    recognised_date: Day = column("认定日期", "date", MUST, alias=("审核日期",))
    exit_date: Day = column("退出日期", "date", alias=("注销时间",))
    exit_ground: Text = column("退出原因", "text")
    spell: Number = column("认定次数", "int")
    owner: Text = column("帮扶责任人", "text")
    agreement_date: Day = column("援助协议日期", "date")

    class Config:
        metadata = facts(
            "hardship_recognition", "就业困难人员认定", "I06", "公共就业服务机构", "one recognition spell",
            ("@who", "recognised_date"), roster=True,
        )  # fmt: skip


class ServiceLog(PersonExtract):
    """One contact or service, from the employment service's own system."""

    service_date: Day = column("服务日期", "date", MUST)
    service_kind: Text = column(
        "服务类型", "code", MUST,
        codes=("职业指导", "岗位推荐", "公益性岗位信息", "技能培训", "培训机会", "培训机构信息", "创业服务", "见习推荐",
               "跟踪回访", "入户走访", "拒绝服务", "主动退出"),
    )  # fmt: skip
    means: Text = column("服务方式", "code", codes=("上门", "电话", "短信", "线上", "现场", "数据比对"))
    staff: Text = column("服务人员", "text", SHOULD)
    result: Text = column("服务结果", "text")
    reason: Text = column("拒绝理由", "text")
    justified: Truth = column("理由正当", "bool")
    in_system: Truth = column("已录入系统", "bool")
    vacancy_no: Text = column("岗位编号", "text")

    class Config:
        metadata = facts(
            "service_log", "服务记录", "I21", "公共就业服务机构", "one contact or service",
            ("@who", "service_date", "service_kind", "vacancy_no", "staff"), roster=True,
        )  # fmt: skip


class HouseholdVisit(PersonExtract):
    """One visit or community report."""

    visit_date: Day = column("走访日期", "date", MUST, alias=("上报日期",))
    visitor: Text = column("走访人", "text", SHOULD)
    provider: Text = column("承接机构", "text")
    employed: Truth = column("是否就业", "bool")
    able: Truth = column("有劳动能力", "bool")
    willing: Truth = column("有就业要求", "bool")
    education: Text = column("文化程度", "text")
    skill: Text = column("技能", "text")
    health: Text = column("健康状况", "text")
    training_wish: Text = column("培训意愿", "text")
    job_need: Text = column("就业需求", "text")
    no_income_household: Truth = column("家庭无收入", "bool")
    remark: Text = column("备注", "text")
    pay_wish: Money = column("期望月薪", "money", alias=("期望薪资", "期望工资"))
    place_wish: Text = column("期望工作地点", "text", alias=("意向工作地点",))

    class Config:
        metadata = facts(
            "household_visit", "入户走访", "I22", "镇街和村居", "one visit or community report",
            ("@who", "visit_date", "visitor"), roster=True,
        )  # fmt: skip
