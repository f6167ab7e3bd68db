"""The habits of the offices that deliver the further extracts, and the formats a set may have."""

from sample_data.offices import FIRST, PLAIN, Office

POLICE_AND_SCHOOLS = (
    Office(
        "household_register", suffix="txt", encoding="gb18030", separator="\t", newline="\r\n", date_style="%Y%m%d", manifest=True,
        headers={"id_number": 2, "birth_date": 0, "residence_start": 0},
    ),
    Office(
        "education", encoding="utf-8-sig", date_style="%Y/%m/%d", headers={"id_number": 0, "leave_date": 0, "phone": 1},
    ),
    Office(
        "military", suffix="txt", encoding="utf-16", separator="\t", newline="\r\n", date_style="%Y.%m.%d", headers={"id_number": 1},
    ),
    Office(
        "imprisonment", encoding="gb18030", newline="\r\n", title=True, footer=True, date_style="%Y年%m月%d日",
        headers={"custody_start": 0, "custody_end": 0, "id_number": 0},
    ),
    Office("marriage", encoding="gb18030", newline="\r\n", date_style="%Y%m%d", headers={"event_date": 0, "id_number": 0}),
)  # fmt: skip
LISTS = (
    Office("poverty_list", suffix="xlsx", title=True, serial=True,
           headers={"list_kind": 1, "id_number": 6, "town": 3, "village": 4}),
    Office("land_expropriation", suffix="xlsx", title=True, serial=True, date_style="%Y.%m.%d", headers={"town": 0, "village": 3, "phone": 0}),
    Office("mass_organisation_list", suffix="xlsx", title=True, footer=True, serial=True, remark=True, date_style="%Y年%m月%d日",
           headers={"organisation": 0, "list_kind": 0, "id_number": 4, "address": 1, "phone": 2}),
    Office("work_capacity", encoding="gb18030", date_style="%Y/%m/%d", headers={"id_number": 1}),
    Office("private_nonenterprise", encoding="utf-8-sig", title=True, headers={"id_number": 0, "phone": 2}),
    Office("income", suffix="tsv", separator="\t", code_name=True, headers={"id_number": 0}),
)  # fmt: skip
OWN_SYSTEM = (
    Office("hardship_recognition", encoding="utf-8-sig", newline="\r\n", full_nightly=True,
           headers={"basis": 1, "recognised_date": 0, "exit_date": 0, "id_number": 2, "phone": 0}),
    Office(
        "employment_registration", suffix="txt", separator="|", manifest=True, date_style="%Y%m%d",
        headers={"local_no": 3, "name": 5, "id_number": 7, "sex": 0, "birth_date": 2, "start_date": 0, "end_date": 1},
    ),
    Office("household_visit", suffix="xlsx", title=True, serial=True, headers={"visit_date": 0, "id_number": 0, "village": 0, "address": 1}),
    Office("training", encoding="gb18030", separator="\t", suffix="txt", headers={"id_number": 1}),
    Office("subsidy", encoding="gb18030", newline="\r\n", title=True, footer=True, month_style="%Y%m", date_style="%Y%m%d",
           headers={"item": 0, "id_number": 1}),
    Office("public_post", suffix="xlsx", serial=True, headers={"id_number": 0, "phone": 0}),
    Office("vacancy", code_name=True, full_nightly=True),
    Office("employer", suffix="txt", encoding="utf-16", separator="\t", newline="\r\n"),
    Office("complaint", encoding="utf-8-sig", title=True, footer=True, date_style="%Y/%m/%d"),
    Office("activity", suffix="xlsx", title=True, date_style="%Y年%m月%d日"),
)  # fmt: skip
MIXED = FIRST | {office.kind: office for office in (*POLICE_AND_SCHOOLS, *LISTS, *OWN_SYSTEM)}
FORMATS = {"plain": PLAIN, "mixed": MIXED}
