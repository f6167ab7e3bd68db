"""The Chinese words for codes. A code without a word is shown as it came."""

from schemas.extracts import LAYOUTS

UNKNOWN_AGENCY = "未识别来源"
TRACK_WORDS = {"R": "失业登记", "H": "就业困难认定", "L": "台账", "T": "任务"}
OP_WORDS = {
    "ADD": "新增", "UPD": "更新", "FLAG_REEMP": "再就业标记", "PROP_EXIT": "建议退出", "PROP_DEREG": "建议注销登记",
    "REVIEW": "待核查", "HOLD": "暂挂", "WITHDRAW": "撤回", "TASK": "任务", "NOTIFY": "告知", "URGE": "督促",
    "REFER": "转介", "ALERT": "预警", "GAP": "服务缺口", "DECIDED": "已决定",
}  # fmt: skip
STATE_WORDS = {
    "R0": "未登记", "R1": "已登记", "R2": "拟注销", "R3": "已注销", "H0": "未列入", "H1": "候选", "H2": "已申请",
    "H3": "初审通过", "H4": "已认定", "H5": "拟退出", "H6": "已退出", "L0": "未列入", "L1": "候选", "L2": "已核实",
    "L3": "服务中", "L4": "再就业待确认", "L5": "再就业已确认", "L6": "已关闭", "LX": "暂挂", "RX": "暂挂",
    "HX": "暂挂",
}  # fmt: skip
TASK_WORDS = {
    "open": "待办",
    "closed": "已办结",
    "done": "已办",
    "sent": "已转介",
    "answered": "已答复",
    "confirmed": "已查实",
    "dropped": "不办",
}
# What an answer makes of a state, by the signs of `ledger/decisions.toml`.
BECOMES_WORDS = {
    "=": "状态不变", "before": "恢复原状态", "out": "移出（另有依据的除外）", "released": "解除暂挂", "notice": "（决定后第 {} 天起）", **TASK_WORDS, **STATE_WORDS,
}  # fmt: skip
BASIS_WORDS = {
    "4050": "大龄（4050）", "abroad": "移居境外", "army": "服兵役", "custody": "收监执行", "incapable": "完全丧失劳动能力", "school": "入学",
    "retirement-age": "达到法定退休年龄", "benefit-not-registered": "领取待遇未登记", "cap": "补贴超期", "cap:firm": "单位社保补贴超期", "cap:flexible": "灵活就业补贴超期",
    "cap:post": "岗位补贴超期", "cap:public_post": "公益性岗位补贴超期", "certificate": "残疾人证失效", "certificate-cancelled": "残疾人证注销",
    "certificate-expired": "残疾人证过期", "certificate-expiring": "残疾人证将到期", "certificate-overdue": "证书逾期未发", "child-adult": "子女满十八周岁", "child-custody": "抚养关系待核",
    "clock": "失业时间待核", "deregistered": "登记已注销", "dibao": "低保", "dibao-ended": "低保结束", "disabled": "残疾", "employment-registered": "已办就业登记",
    "expired": "岗位过期", "false-data": "认定信息存疑", "family-income": "家庭经营或投资待核", "family-working": "家庭成员就业", "flexible-subsidy-and-job": "灵活补贴与参保重叠",
    "found-by-aid": "救助信息发现", "founded-unit": "举办民办非企业", "fraud": "查实骗取套取", "free-courses": "免费培训超次", "graduate": "离校毕业生",
    "graduate-subsidy": "求职创业补贴", "policy": "政策变动", "hardship": "就业困难人员", "hired-key-people": "招用重点群体", "income-declared": "收入待核", "internship": "就业见习", "land": "失地",
    "layoff": "规模性停保", "lead-unknown": "前提条件不明", "locked": "退出未满期", "married": "已婚", "may-reapply": "可再次申请", "no-change": "情况未变", "no-end": "无截止日期",
    "no-income": "家庭无收入", "other-basis": "符合另一类别", "owner": "无责任人", "poor": "脱贫人口", "post-subsidy-and-licence": "岗位补贴期间经营", "poverty_exit": "脱贫劳动力", "provider": "培训机构信息",
    "refusal": "无正当理由拒绝", "refusal-recognised": "无正当理由拒绝", "refusals": "半年三次拒绝", "register-flexible": "登记灵活就业", "request": "本人申请", "services": "一年内服务次数",
    "services-unrecorded": "服务是否录入待核", "silent": "久无联系", "single-parent-ended": "单亲条件不再成立", "skill": "职业技能", "startup": "创业补贴", "startup-counsellor": "创业咨询师",
    "subsidy-after-death": "死亡后补贴", "subsidy-and-pension": "补贴与养老重叠", "survey": "摸底调查", "worked-elsewhere": "外出就业待核", "working-poor": "低收入而有工作", "workshop": "扶贫车间",
    "zero-family": "零就业家庭", "zero-family-overdue": "零就业家庭逾期", "zero_family": "零就业家庭", "public-info": "公益性岗位信息",
    "public": "公益性岗位", "vacancy": "在招岗位", "union": "工会名单", "women": "妇联名单",
    "registration": "失业登记", "stoppage": "停保", "benefit": "失业保险待遇", "low_income": "低保低收入",
    "disability": "残疾", "benefit-and-job": "领取待遇同时参保", "benefit-ended": "待遇期满", "hired": "已就业",
    "pension": "养老待遇", "death": "死亡", "died": "死亡", "stop-reason": "停保原因",
    "may-register": "可办理失业登记", "underage": "未满十六周岁", "check-insured": "核实参保",
    "check-licence": "核实执照", "door-visit": "入户走访", "stale": "久未核验", "flexible": "灵活就业参保",
    "unwilling": "无劳动能力或就业愿望", "moved": "已迁出本市", "income": "收入高于标准",
    "licence": "营业执照", "licence-ended": "执照已注销", "founded-firm": "创办企业", "self-employed": "个体经营",
    "short": "短期失业", "mid": "中短期失业", "long": "长期失业", "guidance": "职业指导", "post": "岗位推荐",
    "training": "技能培训", "agreement": "援助协议", "assistance": "纳入就业援助", "commitment": "承诺与数据不符", "community": "基层报告",
    "contact": "每月回访", "county-review": "县区审核", "first-review": "入户初审", "four-clears": "四清信息", "graded-help": "分级帮扶",
    "half-year": "登记半年考核期", "hardship-check": "是否困难待核", "may-apply": "可申请认定", "may-draw-benefit": "可领失业保险金",
    "months-left": "补贴剩余月数", "offline-course": "线下实训", "older": "大龄人员", "plan": "援助计划或协议", "posts": "在招岗位", "firm": "招用单位",
    "pre-post-training": "岗前培训", "public-post": "公益性岗位", "result-revisit": "回访求职结果", "review-late": "审核逾期", "rural-post": "乡村公益性岗位",
    "spot-check": "抽查", "startup-mentor": "创业导师", "twice": "两处登记", "unserved": "尚无任何服务", "wish:blank": "意愿未填写",
    "wish:job": "求职意愿", "wish:other": "其他服务意愿", "wish:startup": "创业意愿", "wish:training": "培训意愿", "wish:unclear": "意愿不明确",
} | {
    prefix + code: word
    for prefix in ("", "sd-")
    for code, word in {
        "2.1": "城镇大龄失业", "2.2": "城镇零就业家庭", "2.3": "单亲抚养未成年子女", "2.4": "连续失业一年以上", "2.5": "低保失业", "2.6": "残疾失业",
        "2.7": "农村大龄失业", "2.8": "农村零转移就业贫困家庭", "2.9": "困难家庭毕业生", "2.10": "低收入脱贫人口",
    }.items()
}  # fmt: skip
MATCH_WORDS = {
    "linked": "已关联", "new_person": "新增人员", "not_linked": "未关联", "review": "待核查", "unchanged": "未变",
}  # fmt: skip
RULE_WORDS = {
    "id_and_name": "证件号码与姓名一致", "id_damaged_and_name": "证件号码残缺、姓名相符",
    "id_name_conflict": "证件号码相同、姓名不符", "id_shared": "证件号码为多人共用",
    "no_usable_number": "无可用证件号码", "no_number": "无证件号码，按姓名、出生日期、性别和住处或电话建档", "name_birth_sex": "姓名、出生日期、性别一致",
    "name_and_phone": "姓名、电话一致", "name_only": "仅姓名一致", "model": "模型评分", "reviewer": "人工核定",
}  # fmt: skip
COMPARISON_WORDS = {
    "prior": "先验", "surname": "姓", "given_first": "名首字", "given_second": "名次字", "long_name": "全名（音译或长名）",
    "birth_date": "出生日期", "sex": "性别", "phone": "电话", "place": "镇街村居", "id_number": "残缺号码", "household": "同户",
    "local_no": "单位内编号", "employer": "用人单位", "address": "地址",
}  # fmt: skip
LEVEL_WORDS = {
    "missing": "缺", "equal": "相同", "variant": "异体或俗写", "spelt": "拼音相同", "sound": "同音", "shape": "形近",
    "near_sound": "音近", "near_shape": "略似", "same_part": "部件相同", "unreadable": "不可辨", "unlike": "不同",
    "swapped": "次序颠倒", "dropped": "多字或少字", "absent": "均为单名", "heard": "仅音形相近", "respelt": "同音异译", "near": "音译相近",
    "cut_short": "截断", "part": "包含", "one_off": "一字之差", "equal_default": "相同（缺省日期）", "year_default": "同年（一方为缺省日期）", "day_month_swapped": "日月颠倒",
    "one_digit": "一位之差", "same_month": "同年月", "same_day": "同月日", "same_year": "同年", "equal_own": "相同（一两人用）",
    "equal_shared": "相同（数人用）", "equal_mass": "相同（多人用）", "one_slip": "一处之差", "village": "同村居", "town": "同镇街，或同名村居而一方未写镇街",
    "letters": "字母代数字", "check_missing": "缺校验位", "two_slips": "两处之差", "mask_fits": "与遮蔽号码相合",
    "leading_14": "前十四位相同", "birth_part": "仅出生日期段相同", "two_valid": "两个有效号码",
}  # fmt: skip
BLOCKING_WORDS = {
    "same_birth_date_and_surname": "出生日期、姓读音相同", "same_birth_date_and_first": "出生日期、名首字读音相同",
    "same_birth_date_and_second": "出生日期、名次字读音相同", "same_birth_date_and_village": "出生日期、村居相同",
    "same_birth_date_and_town": "出生日期、镇街相同", "same_birth_date_of_long_names": "出生日期相同（长姓名）", "same_name": "姓名相同", "same_sound_and_birth_year": "读音、出生年相同",
    "same_sound_and_month_day": "读音、出生月日相同", "same_sound_and_town": "读音、镇街相同",
    "same_start_and_birth_month": "姓与名首字读音、出生年月相同", "same_given_and_birth_month": "名、出生年月相同",
    "same_start_and_month_day": "姓与名首字读音、出生月日相同", "same_sound_and_village": "读音、村居相同",
    "same_start_and_village": "姓与名首字读音、村居相同", "same_end_and_village": "姓与名次字读音、村居相同",
    "same_given_and_village": "名、村居相同", "same_start_and_town": "姓与名首字读音、镇街相同（无出生日期）",
    "same_end_and_town": "姓与名次字读音、镇街相同（无出生日期）", "same_given_and_town": "名、镇街相同（无出生日期）", "same_phone": "电话相同",
}  # fmt: skip
FIGURE_WORDS = {
    "exit": "退出与注销建议", "loss": "撤回", "reemployed": "再就业标记", "merge": "人员合并", "addition": "新增",
    "review": "待核查",
}  # fmt: skip
# What the SQL of the sheets says itself.
MARK_WORDS = (
    "待办", "逾期", "今日到期", "未到期", "新", "未识别", "以前收下的文件", "未写明", "适当方式", "上门或邮寄", "电话或短信",
    "未填镇街", "不适用", "同一人", "非同一人", "另有 {} 项", "另有 {} 项，先核 {}（{}）", "有死亡信息待核实，先核后办", "有收监服刑信息待核实，先核后办", "已建议退出或注销，先核后办",
    "分级：{} → {}", "已了结", "依据：增加 {}", "依据：去掉 {}", "无", "失去", "改变", "新增", "退回", "已导入，预计不执行", "学历", "技能", "身体状况", "培训意愿", "就业需求", "{} 人，已就业 {} 人", "{}（{:,} 行）",
)  # fmt: skip
DELIVERY_WORDS = {"accepted": "已接收", "refused": "已拒收", "duplicate": "重复文件", "held": "暂停处理"}
PACK_WORDS = {"draft": "征求意见稿", "in_force": "现行有效", "final": "已定稿", "expired": "已失效"}
COVERAGE_WORDS = {"full": "全量", "delta": "增量"}
LIST_WORDS = {
    "O01": "台账增量与台账", "O02": "候选人员", "O03": "走访任务", "O04": "退出与注销建议", "O05": "决定告知", "O06": "督促办理就业登记",
    "O07": "转介民政", "O08": "政策推送", "O09": "应享未享", "O10": "回访任务", "O11": "服务缺口",
    "O12": "久未核验与数据退回", "O13": "零就业家庭限期", "O14": "裁员预警", "O15": "疑点核查", "O16": "就业与岗位需求台账",
    "O17": "工作落实情况", "O18": "记分牌", "O19": "岗位推送", "O20": "比对日志", "O21": "资金调度", "O22": "培训名单",
    "O23": "认定申请表", "O24": "回写数据",
}  # fmt: skip
TABLE_WORDS = {
    "delivery": "交付", "quarantine": "隔离行", "match_log": "比对日志", "person": "人员",
    "ledger_entry": "台账分录", "notice": "提示", "link": "关联", "ended": "失效行",
    "access": "查看与导出",
    "conservation": "守恒", "figure": "熔断数字", "pack_in_force": "政策包变动",
}  # fmt: skip
KIND_WORDS = {kind: layout.label for kind, layout in LAYOUTS.items()}
AGENCIES = {kind: layout.agency for kind, layout in LAYOUTS.items()}
