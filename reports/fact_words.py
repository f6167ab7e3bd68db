"""The Chinese words for what an entry rests on: columns of the wide views, parameters of packs, and what a decision says of itself."""

from reports.words import BASIS_WORDS

# The person and the day.
OF_PERSON = {
    "age_years": "年龄（周岁）", "sex": "性别", "is_working_age": "是否劳动年龄内", "retirement_date_late": "法定退休日（较晚口径）", "this_month": "本月", "last_month": "上月",
    "has_outside_insurance": "是否已查外地参保", "open_public_posts": "全市在招公益性岗位数", "is_recognised": "是否已认定就业困难", "is_able": "有无劳动能力", "is_willing": "有无就业愿望",
    "able": "申报有无劳动能力", "willing": "申报有无就业愿望", "wish": "服务意愿", "tier": "失业时长分级", "known_columns": "已知信息项数（共六项）", "clears_missing": "四清中未清的项",
    "special_hardship": "是否特别困难", "school_level": "学历层次", "left_school_on": "离校日期", "group_name": "列名的团体", "grouped_on": "列入名单日期",
}  # fmt: skip
OF_WORK = {
    "registered_from": "失业登记日期", "registration_ended_on": "失业登记结束日期", "registration_places": "登记地", "registrations_in_force": "有效登记数", "last_verified": "最近核验日期",
    "job_lost_on": "申报的失业日期", "stop_last_paid_month": "停保前最后缴费月", "stopped_on": "停保日期", "uninsured_month_end": "停保次月月末", "hired_from": "单位参保起始月",
    "hired_last_paid_month": "单位参保最近缴费月", "hired_payer": "参保身份", "flexible_from": "灵活就业参保起始月", "firm_flexible": "是否确有灵活就业参保", "local_months": "本地单位参保月数",
    "outside_months": "外地单位参保月数", "job_then_from": "认定时在职的参保起始月", "employment_kind": "登记的就业形式", "employment_from": "就业登记日期", "confirmed_job_on": "再就业确认日期",
    "licence_kind": "经营主体类型", "licence_from": "执照起始日期", "licence_ended_on": "执照注销日期", "licence_weak_role": "在主体中的身份", "licence_weak_status": "主体状态",
    "shop_from": "个体工商户起始日期", "firm_from": "其他经营主体起始日期", "firm_kind": "经营主体类型", "trade_from": "经营起始日期", "unit_from": "民办非企业起始日期",
    "unit_weak_role": "在民办非企业的身份", "unit_weak_status": "民办非企业状态", "gone_ground": "退出劳动力市场的原因", "gone_on": "退出劳动力市场日期", "died_on": "死亡日期",
    "pension_from": "养老待遇起始月", "pension_scheme": "养老险种", "pension_status": "养老待遇状态",
}  # fmt: skip
OF_HELP = {
    "recognised_on": "认定日期", "recognition_basis": "认定类别", "prelim_on": "初审通过日期", "exited_on": "上次退出日期", "exited_ground": "上次退出原因", "fraud_found_on": "查实骗取套取日期",
    "benefit_from": "失业保险金起始月", "benefit_ended_on": "失业保险金结束日期", "aid_from": "救助起始月", "aid_kind": "救助类别", "dibao_from": "低保起始月", "dibao_kind": "低保类别",
    "dibao_ended_on": "低保结束日期", "certificate_from": "残疾人证签发日期", "certificate_to": "残疾人证有效期至", "certificate_end": "残疾人证终止情形", "certificate_ended_on": "残疾人证终止日期",
    "poverty_from": "列入脱贫名单日期", "poverty_kind": "脱贫名单类别", "land_lost_on": "征地日期", "firm_insurance_subsidy_months": "单位社保补贴月数", "flexible_subsidy_months": "灵活就业社保补贴月数",
    "post_subsidy_months": "岗位补贴月数", "public_post_subsidy_months": "公益性岗位补贴月数", "subsidy_months_most": "最长一项补贴月数", "overlap_job_from": "灵活补贴与参保重叠起始月",
    "overlap_death_to": "死亡后最后补贴月", "overlap_pension_to": "领取养老待遇后最后补贴月", "overlap_licence_from": "公益性岗位补贴与经营重叠起始月",
}  # fmt: skip
OF_HOUSEHOLD = {
    "hukou_area": "户籍地", "residence_from": "居住证起始日期", "household_members": "户内人数", "household_working_age": "户内劳动年龄人数", "household_registered": "户内失业登记人数",
    "household_away": "户内在校、服役、服刑、失能人数", "household_maybe_working": "户内疑似就业人数", "household_businesses": "户内经营或投资人数", "household_minors": "户内未成年人数",
    "household_income_per_head": "户内人均年收入（元）", "household_work_from": "户内就业起始日期", "marital_status": "婚姻状况", "marital_on": "婚姻登记日期", "child_adult_on": "子女满十八周岁日期",
    "income_year": "收入年度", "earned_income": "劳动和经营年收入（元）",
}  # fmt: skip
OF_SERVICES = {
    "visited_on": "最近走访日期", "last_contact_on": "登记后最近联系日期", "reached_on": "最近联系日期", "refusals_in_row": "连续无正当理由拒绝次数", "refusals_from": "三次拒绝的第一次", "refusals_to": "三次拒绝的最后一次",
    "refused_on": "最近无正当理由拒绝日期", "quit_on": "申请退出日期", "guidance_count": "本级职业指导次数", "post_count": "本级岗位推荐数", "training_count": "本级培训次数", "month_posts": "本月岗位推荐数",
    "month_public_info": "本月公益性岗位信息次数", "spell_guidance": "登记后职业指导次数", "spell_providers": "登记后培训机构信息次数", "spell_startup": "登记后创业服务次数", "internships_offered": "离校后见习岗位推荐数",
    "help_guidance": "认定后职业指导次数", "help_posts": "认定后岗位推荐数", "help_training": "认定后培训次数", "help_training_offered": "认定后培训推荐次数", "year_services": "一年内已录入的服务次数",
    "year_services_possible": "一年内可能的服务次数", "result_open_since": "最早未回访的推荐日期", "free_courses_this_year": "本年免费培训次数", "skills_certified": "取得证书数",
    "certificate_awaited_since": "考核合格待发证书起始日期", "online_passed_on": "线上合格日期",
}  # fmt: skip
OF_EMPLOYERS = {
    "employer_headcount": "职工人数", "employer_stops": "三十日内停保人数", "employer_hardship_stops": "其中就业困难人员数", "employer_hires": "招用重点群体人数", "employer_trainees": "待岗前培训的重点群体人数",
    "vacancy_post": "岗位名称", "vacancy_from": "岗位发布日期", "vacancy_to": "岗位截止日期", "match_post": "推荐岗位", "match_place": "工作地点", "match_until": "岗位截止日期", "match_pay": "月薪（元）",
    "match_score": "匹配得分", "match_points": "得分项",
}  # fmt: skip
# What documents or the office set.
PARAMETERS = {
    "average_income": "当地年人均收入（元）", "income_share": "低于平均收入的比例", "urban_dibao": "城市低保月标准（元）", "edge_factor": "低保边缘倍数", "benefit_months": "领失业保险金最少参保月数",
    "benefit_stop_reasons": "可领失业保险金的停保原因", "excluded_stop_reasons": "不列入的停保原因", "closing_stop_reasons": "关闭的停保原因", "cap_near_months": "补贴到期前提示月数",
    "subsidy_cap_months": "补贴最长月数", "certificate_months": "证书发放期限（月）", "comparison_counts": "数据比对算作联系", "family_size": "家庭最少人数", "firm_hires": "单位招用最少人数",
    "follow_long_tier": "长期失业者是否跟踪", "free_courses": "每年免费培训次数上限", "graduate_months": "离校年限（月）", "job_choosing_months": "择业期（月）", "guidance_quota": "应有职业指导次数",
    "training_quota": "应有培训次数", "post_quota": "应有岗位推荐数", "info_quota": "应有公益性岗位信息次数", "provider_quota": "应有培训机构信息次数", "internship_quota": "应有见习岗位数", "half_year_months": "考核期（月）",
    "home_areas": "本市区划", "insured_months": "最少参保月数", "outside_insured_months": "外地最少参保月数", "residence_months": "最少居住月数", "layoff_people": "规模性停保人数", "layoff_share": "规模性停保占比",
    "ledger_columns": "台账应有信息项数", "list_at_once": "停保当月即列入", "lock_months": "退出后再申请间隔（月）", "long_months": "长期失业月数", "long_services": "长期失业最少服务次数",
    "market_posts": "市场岗位推荐数", "min_age": "最低年龄", "older_female_age": "大龄女性年龄", "older_male_age": "大龄男性年龄", "older_jobless_months": "大龄最少失业月数", "promise_months": "承诺核验期限（月）",
    "refusals": "拒绝次数", "revisit_days": "回访期限（天）", "silent_days": "无联系天数", "silent_months": "无联系月数", "spot_check_per_mille": "每千人抽查人数", "step_days": "审核期限（天）",
    "survey_days": "摸底间隔（天）", "verify_months": "核验间隔（月）", "warn_days": "提前提醒天数",
}  # fmt: skip
# What a decision, a policy's change and a merger say of themselves.
OF_DECISIONS = {
    "decision": "核查结论", "role": "审核环节", "effect": "效果", "record": "核查结果记录", "notice_days": "告知期（天）", "asked_from": "要求生效日期", "decided_on": "核查日期",
    "deregistration_said_on": "注销登记决定日期", "deregistration_from": "注销登记起算日期", "fault": "不能执行的原因",
    "was": "政策变动前", "now": "政策变动后", "policy": "政策变动",
}  # fmt: skip
FACT_WORDS = OF_PERSON | OF_WORK | OF_HELP | OF_HOUSEHOLD | OF_SERVICES | OF_EMPLOYERS | PARAMETERS | OF_DECISIONS
VALUE_WORDS = BASIS_WORDS | {
    "cancelled": "注销", "expired": "过期", "step": "逐级审核", "settles": "已了结", "refused": "驳回，同样证据不再提出", "changed": "有变动", "illegal": "与当时状态不符",
    "gone": "所指分录已被取代", "opposed": "与他人结论相反", "same_officer": "审核人与初审人相同", "shaken": "所据记录已被来源撤销",
}  # fmt: skip
# What the program alone reads.
UNSAID = ("rule", "field", "admitted_run", "by", "person", "transition")
