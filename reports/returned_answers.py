"""Answers that could not be taken in, each with its reason, for the office that gave them. No personal value stands here."""

from pathlib import Path

from reports.assemble import Desk, write_book
from reports.sheet import WHOLE, Column, Sheet

RETURNED = Sheet(
    name="未收下的答复",
    grain="一条退回的答复，或已导入但预计不会执行的答复",
    rows="""
select file_name, sheet_no, row_no, question, decision, word_mark(outcome) as outcome, problem from returned order by file_no, sheet_no, row_no, problem
""",
    columns=(
        Column("file_name", "文件", 28, wrap=True),
        Column("sheet_no", "第几张工作表", 12, WHOLE),
        Column("row_no", "表中行号", 10, WHOLE),
        Column("question", "台账流水号", 30, wrap=True),
        Column("decision", "核查结论", 12),
        Column("outcome", "处理", 14),
        Column("problem", "原因", 60, wrap=True),
    ),
)


def build(desk: Desk, name: str) -> list[Path]:
    """Write table `returned` as a workbook."""
    return write_book(desk, name, (RETURNED,))
