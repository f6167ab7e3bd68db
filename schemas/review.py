"""What the workbook of open questions carries besides the answers, written by one room and read back by another."""

import re

CODE, FIRST_SAID, SECOND_SAID = "核对码", "甲核查人", "乙核查人"
REVIEWERS, ARBITER = ("甲", "乙"), "裁"
# The run that asked, what was asked, and of two who answer apart which one (or who decides between them). It begins with
# a letter, so that no spreadsheet takes it for a number.
CODE_FORM = re.compile(rf"^R([0-9]+)-([0-9a-f]{{8}})(?:-([{''.join(REVIEWERS)}{ARBITER}]))?$")
CODE_SQL = "'R' || $run || '-' || code || $mode"
EXTRA_HEADERS = {"code": CODE, "first_officer": FIRST_SAID, "second_officer": SECOND_SAID}
