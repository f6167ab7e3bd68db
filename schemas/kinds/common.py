"""What the extract models share: the person's columns, and delivered words that mean exactly one of our codes."""

from schemas.columns import MUST, SHOULD, column
from schemas.declaring import Model
from schemas.dtypes import Day, Text

SEX_WORDS = {"1": "男", "01": "男", "M": "男", "男性": "男", "5": "男", "2": "女", "02": "女", "F": "女", "女性": "女", "6": "女"}  # fmt: skip
INSURANCE_CODES = ("养老", "失业", "医疗", "工伤", "生育")
INSURANCE_WORDS = {
    "110": "养老", "120": "养老", "170": "养老", "企业养老": "养老", "养老保险": "养老", "企业职工基本养老保险": "养老",
    "城镇职工基本养老保险": "养老", "机关事业单位养老保险": "养老", "城乡居民养老保险": "养老", "基本养老保险": "养老",
    "职工养老": "养老", "210": "失业", "失业保险": "失业", "310": "医疗", "医疗保险": "医疗", "职工医疗": "医疗",
    "职工基本医疗保险": "医疗", "410": "工伤", "工伤保险": "工伤", "510": "生育", "生育保险": "生育",
}  # fmt: skip
LIVE_WORDS = dict.fromkeys(("在业", "开业", "在营", "正常", "存续在营开业在册", "存续在营开业在册状态", "1"), "存续")
STATUS_CODES = ("存续", "吊销未注销", "吊销已注销", "注销", "撤销", "迁出")
STATUS_WORDS = LIVE_WORDS | {
    "2": "吊销未注销",
    "3": "吊销已注销",
    "4": "注销",
    "5": "撤销",
    "6": "迁出",
    "已注销": "注销",
}
URBAN_WORDS = {
    "非农业": "城镇", "非农": "城镇", "10": "城镇", "11": "城镇", "12": "城镇", "城市": "城镇", "农业": "农村", "20": "农村",
    "21": "农村", "22": "农村",
}  # fmt: skip

# Kinds of which one row is something that happened: a row that vanishes from a full snapshot was taken back.
EVENTS = frozenset({
    "insurance_stop", "death", "marriage", "service_log", "household_visit", "training", "subsidy", "work_capacity",
    "land_expropriation", "decision", "complaint", "activity",
})  # fmt: skip
# Kinds that have a person on one line. In the others one has as many as insurances, payments, visits or spells.
ONE_LINE_EACH = frozenset({
    "household_register", "low_income", "disability_certificate", "poverty_list", "mass_organisation_list", "public_post", "pension", "death",
})  # fmt: skip


def facts(
    kind: str, label: str, icode: str, agency: str, grain: str, key: tuple[str, ...], *,
    roster: bool = False, who: str = "person", anchor: str = "name",
) -> dict[str, dict[str, object]]:  # fmt: skip
    """The metadata of a model's Config; see schemas.columns.Layout for what each means."""
    named = {"kind": kind, "label": label, "icode": icode, "agency": agency, "grain": grain, "who": who}
    how = {"adds_people": roster, "is_event": kind in EVENTS, "is_once": kind in ONE_LINE_EACH}
    return {"zhaoren": {**named, "key": key, "anchor": anchor, **how}}


class PersonExtract(Model):
    """The columns that any extract about people may carry, in any order."""

    name: Text = column(
        "姓名", "name", MUST, alias=("人员姓名", "劳动者姓名", "申请人姓名", "成员姓名", "持证人姓名", "AAC003")
    )
    id_type: Text = column("证件类型", "text", alias=("身份证件类型", "AAC058"))
    id_number: Text = column(
        "证件号码", "id", SHOULD,
        alias=("身份证号", "身份证号码", "公民身份号码", "社会保障号码", "身份证", "证件号", "成员身份证号", "AAC002", "AAC147"),
    )  # fmt: skip
    sex: Text = column("性别", "code", alias=("AAC004",), codes=("男", "女"), words=SEX_WORDS)
    birth_date: Day = column("出生日期", "date", alias=("出生年月", "出生年月日", "AAC006"), lenient=True)
    former_name: Text = column("曾用名", "name", alias=("别名",))
    ethnicity: Text = column("民族", "text", alias=("AAC005",))
    phone: Text = column("联系电话", "phone", alias=("手机号", "手机号码", "电话", "联系方式", "移动电话", "AAC067"))
    town: Text = column("镇街", "text", alias=("乡镇街道", "镇区", "街道", "乡镇", "苏木乡镇", "所属镇街"))
    village: Text = column("村居", "text", alias=("社区", "村社区", "嘎查村", "居委", "村委"))
    address: Text = column("地址", "text", alias=("住址", "家庭住址", "户籍地址", "常住地址", "联系地址", "AAC010"))
    area_code: Text = column("行政区划代码", "text", alias=("区划代码", "所属区划", "区县代码"))
    local_no: Text = column("个人编号", "text", alias=("个人电脑号", "人员编号", "个人唯一识别码", "AAC001"))
