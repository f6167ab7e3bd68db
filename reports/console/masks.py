"""How a delivered row's cells are shown: identity numbers less their digits 7 to 14, phones less their middle, a birth date as its
year, an address not at all. `whole` shows all of them; whoever asks for that has said what for."""

from schemas.columns import Column, Layout

NUMBERS = ("id",)
HIDDEN = "'（遮蔽）'"
MASKED_PHONE = "if(length({0}) > 7, left({0}, 3) || '****' || right({0}, 4), repeat('*', length({0})))"


def cell(column: Column, *, whole: bool) -> str:
    """The SQL expression that shows one column of a row, as text."""
    name = f'"{column.field}"'
    if column.type == "bool":
        return f"if({name} is null, null, yes_no({name}))"
    if whole:
        return f"{name}::varchar"
    if column.type in NUMBERS:
        return f"shown_id({name})"
    if column.type == "phone":
        return MASKED_PHONE.format(name)
    if column.field == "birth_date":
        return f"year({name}) || ' 年'"
    if column.field == "address":
        return f"if({name} is null, null, {HIDDEN})"
    return f"shown_text({name}::varchar)"


def row_select(layout: Layout, *, whole: bool) -> list[tuple[str, str]]:
    """The header of each column of a row of this kind, and what to select for it."""
    return [(c.header, cell(c, whole=whole)) for c in layout.columns]
