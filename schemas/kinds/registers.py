"""What the registers of other authorities say: households, firms, schools, service, custody, income."""

from schemas.columns import MUST, SHOULD, column
from schemas.dtypes import Day, Money, Number, Text, Truth
from schemas.kinds.common import STATUS_CODES, STATUS_WORDS, URBAN_WORDS, PersonExtract, facts


class HouseholdRegister(PersonExtract):
    """One member of one household book."""

    household_no: Text = column("户号", "text", MUST)
    relation: Text = column("与户主关系", "text", MUST)
    hukou_kind: Text = column("户籍性质", "code", MUST, codes=("城镇", "农村"), words=URBAN_WORDS)
    hukou_area: Text = column("户籍区划", "text", MUST)
    residence_start: Day = column("居住起始日期", "date", alias=("居住证起始日期",), month_means="end")
    move_abroad_date: Day = column("移居境外日期", "date")
    old_id: Text = column("原证件号码", "id")
    marital: Text = column("婚姻状况", "text")

    class Config:
        metadata = facts("household_register", "户籍", "I13", "公安部门", "one member of one household book", ("@who",))


class MarketEntity(PersonExtract):
    """One person's role in one market entity, from market regulation."""

    uscc: Text = column("统一社会信用代码", "uscc", SHOULD)
    reg_no: Text = column("注册号", "text")
    entity_name: Text = column("企业名称", "text", MUST, alias=("主体名称", "字号名称", "企业机构名称"))
    entity_kind: Text = column(
        "主体类型", "code", MUST, alias=("市场主体类型", "企业类型"), codes=("个体工商户", "企业", "农民专业合作社")
    )
    role: Text = column(
        "任职身份", "code", MUST, alias=("人员角色", "职务"),
        codes=("经营者", "法定代表人", "负责人", "股东", "监事", "董事"), words={"法人": "法定代表人", "发起人": "股东"},
    )  # fmt: skip
    status: Text = column(
        "登记状态", "code", MUST, alias=("经营状态",),
        codes=STATUS_CODES, words=STATUS_WORDS,
    )  # fmt: skip
    founded_date: Day = column("成立日期", "date", MUST, alias=("注册日期",))
    cancelled_date: Day = column("注销日期", "date", alias=("注销吊销日期",))
    industry: Text = column("行业", "text")

    class Config:
        metadata = facts(
            "market_entity", "市场主体", "I12", "市场监督管理部门", "one person's role in one market entity",
            ("@who", "uscc", "reg_no", "entity_name", "role"),
        )  # fmt: skip


class Education(PersonExtract):
    """One enrolment. Only a row with a leaving date makes somebody known."""

    school: Text = column("学校", "text", SHOULD)
    level: Text = column("学历层次", "text", SHOULD)
    full_time: Truth = column("全日制", "bool", SHOULD)
    enrol_date: Day = column("入学日期", "date", SHOULD, month_means="end")
    leave_date: Day = column("毕业离校日期", "date", alias=("毕业日期", "离校日期"), month_means="end")
    internship_wish: Truth = column("见习意愿", "bool")
    special_hardship: Truth = column("特殊困难", "bool")

    class Config:
        metadata = facts(
            "education", "学籍毕业生", "I14", "教育部门", "one enrolment", ("@who", "school", "level"), roster=True
        )


class Military(PersonExtract):
    """One spell of military service."""

    enlist_date: Day = column("入伍日期", "date", MUST, month_means="end")
    discharge_date: Day = column("退役日期", "date", month_means="end")

    class Config:
        metadata = facts("military", "兵役", "I15", "兵役机关", "one service spell", ("@who", "enlist_date"))


class Imprisonment(PersonExtract):
    """One sentence."""

    custody_start: Day = column("收监日期", "date", MUST, alias=("入监日期",))
    custody_end: Day = column("释放日期", "date", alias=("刑期止",))
    custody_kind: Text = column("执行方式", "code", MUST, codes=("收监执行", "缓刑", "暂予监外执行"))

    class Config:
        metadata = facts("imprisonment", "服刑", "I16", "司法行政机关", "one sentence", ("@who", "custody_start"))


class WorkCapacity(PersonExtract):
    """One finding on the capacity to work."""

    level: Text = column(
        "鉴定结论", "code", MUST, codes=("完全丧失", "大部分丧失", "部分丧失", "未丧失"),
        words={"完全丧失劳动能力": "完全丧失", "大部分丧失劳动能力": "大部分丧失", "部分丧失劳动能力": "部分丧失",
               "未丧失劳动能力": "未丧失"},
    )  # fmt: skip
    found_date: Day = column("鉴定日期", "date", MUST)

    class Config:
        metadata = facts(
            "work_capacity", "劳动能力鉴定", "I20", "劳动能力鉴定委员会", "one finding", ("@who", "found_date")
        )


class Income(PersonExtract):
    """One year's income of one kind."""

    year: Number = column("年度", "int", MUST)
    kind: Text = column(
        "收入类型", "code", MUST, codes=("劳动", "经营", "投资", "转移"),
        words={"劳动收入": "劳动", "经营收入": "经营", "投资收入": "投资", "转移收入": "转移", "工资性收入": "劳动",
               "经营性收入": "经营", "财产性收入": "投资", "转移性收入": "转移"},
    )  # fmt: skip
    amount: Money = column("金额", "money", MUST)
    household_no: Text = column("户号", "text")
    declared: Text = column("申报方式", "code", codes=("本人申报", "税务", "民政核对"))

    class Config:
        metadata = facts(
            "income", "收入", "I32", "民政和税务部门", "one year's income of one kind",
            ("@who", "year", "kind", "declared"),
        )  # fmt: skip
