"""Columns of tables that no model declares: rows of extracts as they stand, and what a night lays out for its workbooks."""

from schemas.columns import Layout

# What the lists say that stands open after tonight, one row per line: its own columns, and those of the entry behind it as
# they read tonight. Made each night for the workbooks; not sealed, since `lists/Oxx` and the ledger say the same.
OPEN_LINE = (
    ("list", "VARCHAR"), ("entry_id", "VARCHAR"), ("run_no", "BIGINT"), ("seq", "BIGINT"), ("is_new", "BOOLEAN"),
    ("person_id", "VARCHAR"), ("name", "VARCHAR"), ("id_number", "VARCHAR"), ("sex", "VARCHAR"), ("birth_date", "DATE"),
    ("phone", "VARCHAR"), ("town", "VARCHAR"), ("village", "VARCHAR"), ("employer_uscc", "VARCHAR"), ("employer_name", "VARCHAR"),
    ("pack", "VARCHAR"), ("track", "VARCHAR"), ("op", "VARCHAR"), ("basis", "VARCHAR"), ("ground", "VARCHAR"), ("clause", "VARCHAR"),
    ("rule_id", "VARCHAR"), ("valid_from", "DATE"), ("due_date", "DATE"), ("needs_decision", "BOOLEAN"), ("evidence", "VARCHAR[]"),
    ("parameters", "VARCHAR"), ("reason", "VARCHAR"), ("content", "VARCHAR"),
)  # fmt: skip
# What is known about a person beside name and number, the newest word of each; for the people of tonight's workbooks.
PERSON_CARD = (
    ("person_id", "VARCHAR"), ("address", "VARCHAR"), ("owner", "VARCHAR"), ("ethnicity", "VARCHAR"), ("education", "VARCHAR"),
    ("skill", "VARCHAR"), ("health", "VARCHAR"), ("training_wish", "VARCHAR"), ("job_need", "VARCHAR"), ("wish", "VARCHAR"),
    ("certificate_no", "VARCHAR"), ("job_lost_on", "DATE"), ("hukou_address", "VARCHAR"), ("marital", "VARCHAR"),
    ("last_contact_on", "DATE"), ("last_means", "VARCHAR"), ("household_working_age", "BIGINT"), ("household_working", "BIGINT"),
    ("household_no", "VARCHAR"),
)  # fmt: skip
ROW_PLACE = (
    ("office", "VARCHAR"), ("record_id", "VARCHAR"), ("delivery_id", "VARCHAR"), ("row_no", "BIGINT"),
    ("business_key", "UBIGINT"), ("run_no", "BIGINT"),
)  # fmt: skip
ROW_LINK = (
    ("id_class", "VARCHAR"), ("id_key", "VARCHAR"), ("id_part", "VARCHAR"), ("person_id", "VARCHAR"),
    ("match_status", "VARCHAR"), ("rule", "VARCHAR"), ("link_grade", "VARCHAR"),
)  # fmt: skip


def row_columns(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Columns of a row before it is linked: where it lies and its typed fields."""
    return (*ROW_PLACE, *((c.field, c.sql_type) for c in layout.columns), ("extra", "VARCHAR"))


def standing_columns(layout: Layout) -> tuple[tuple[str, str], ...]:
    """Columns of `standing/<kind>`: the row, and whom it was linked to when it came."""
    return (*row_columns(layout), *ROW_LINK)
