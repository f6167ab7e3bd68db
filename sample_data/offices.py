"""How each office writes its files: headers it uses, encoding, separator, date style, what stands around the table."""

from dataclasses import dataclass, field

from schemas.extracts import LAYOUTS


@dataclass(frozen=True)
class Office:
    """One office's habits. `headers` picks for a field one of its aliases (0 is the first alias); fields not named
    there stand under their own header. `title` and `footer` stand around the table and are not data rows."""

    kind: str
    suffix: str = "csv"
    encoding: str = "utf-8"
    separator: str = ","
    newline: str = "\n"
    date_style: str = "%Y-%m-%d"
    month_style: str = "%Y-%m"
    headers: dict[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    title: bool = False
    footer: bool = False
    serial: bool = False  # a running number in the first column: an extra column
    remark: bool = False  # a free remark in the last column, with commas in it: an extra column
    manifest: bool = False
    full_nightly: bool = False  # brings the whole table every night
    code_name: bool = False  # file name by code and full/delta instead of the Chinese words

    def header(self, name: str) -> str:
        column = LAYOUTS[self.kind].column(name)
        return column.alias[self.headers[name]] if name in self.headers else column.header

    def file_name(self, day: str, is_full: bool) -> str:
        """`day` is the snapshot date as YYYYMMDD."""
        if self.code_name:
            return f"{self.kind}_{day}_{'full' if is_full else 'delta'}.{self.suffix}"
        return f"{LAYOUTS[self.kind].label}_{day}_{'全量' if is_full else '增量'}.{self.suffix}"


PLAIN = {kind: Office(kind) for kind in LAYOUTS}
FIRST = {
    office.kind: office
    for office in (
        Office(
            "insurance_stop",
            encoding="gb18030",
            newline="\r\n",
            month_style="%Y%m",
            date_style="%Y%m%d",
            manifest=True,
            headers={"id_number": 3, "insurance_kind": 0, "stop_reason": 0, "employer_uscc": 0},
        ),
        Office(
            "insurance_active",
            suffix="txt",
            separator="|",
            month_style="%Y%m",
            manifest=True,
            headers={"id_number": 8, "name": 5, "local_no": 3, "employer_name": 0},
        ),
        Office(
            "unemployment_benefit",
            encoding="utf-8-sig",
            title=True,
            footer=True,
            remark=True,
            month_style="%Y年%m月",
            date_style="%Y年%m月%d日",
            headers={"start_month": 0, "end_month": 0, "phone": 1},
        ),
        Office(
            "pension",
            suffix="txt",
            encoding="utf-16",
            separator="\t",
            newline="\r\n",
            date_style="%Y/%m/%d",
            headers={"id_number": 3, "start_date": 1, "status": 0, "scheme": 0},
        ),
        Office(
            "unemployment_registration",
            encoding="utf-8-sig",
            newline="\r\n",
            full_nightly=True,
            headers={"id_number": 2, "reg_date": 0, "job_loss_date": 0, "wish": 0, "phone": 0, "job_need": 0},
        ),
        Office(
            "low_income",
            suffix="xlsx",
            title=True,
            footer=True,
            serial=True,
            month_style="%Y%m",
            headers={"name": 3, "id_number": 6, "household_no": 0, "town": 3},
        ),
        Office(
            "death",
            encoding="gb18030",
            title=True,
            footer=True,
            date_style="%Y.%m.%d",
            headers={"id_number": 0, "source": 0},
        ),
        Office(
            "disability_certificate",
            suffix="xlsx",
            serial=True,
            headers={"certificate_no": 0, "issue_date": 0, "valid_to": 0, "phone": 0, "address": 1},
        ),
        Office(
            "market_entity",
            suffix="tsv",
            encoding="gb18030",
            separator="\t",
            headers={"entity_name": 1, "role": 0, "status": 0, "id_number": 0, "founded_date": 0},
        ),
        Office("service_log", code_name=True, remark=True, headers={"id_number": 1}),
    )
}
