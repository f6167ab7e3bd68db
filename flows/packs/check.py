"""Checks packs as a whole, before any night uses them: `make packs`, `zhaoren doctor --pack`.

python -m flows.packs.check [PACK …]      the built-in ones and what all packs read, unless some are named
"""

import sys
from collections.abc import Sequence
from datetime import date

from flows.night.few_rows import lighten
from ledger.store import connect
from policies.pack import PACKS, read_national, read_pack
from policies.trial import faults_in_expressions, open_empty_view
from policies.view import wide_columns
from policies.windows import FIRST, LAST, days_of_change, spans_of, value_faults
from schemas.errors import PolicyError

SOME_DAY = date(2024, 6, 30)


def check_packs(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """One line about each sound pack, and the faults of the others."""
    sound, faults = [], []
    con = connect()
    try:
        lighten(con)  # of nobody, no plan pays
        open_empty_view(con, SOME_DAY)
        columns = wide_columns(con)
        for name in names:
            try:
                pack = read_pack(name, columns)
            except PolicyError as problem:
                faults.append(str(problem))
                continue
            broken = faults_in_expressions(con, pack)
            faults += [f"政策包 {pack.code}：{fault}。" for fault in broken]
            if not broken:
                days = "、".join(f"{d}" for d in days_of_change(spans_of(pack)))
                asked = f"，须由本单位设定 {len(pack.asks)} 项" if pack.asks else ""
                sound.append(
                    f"政策包 {pack.code}（版本 {pack.version}）：{len(pack.all_rules)} 条规则、{len(pack.parameters)} 个参数{asked}；"
                    f"自 {FIRST} 至 {LAST} 无空档、无重叠，查看了 {days}。"
                )
    finally:
        con.close()
    return sound, faults


def main() -> None:
    """Print the report; end with 1 where a pack would be refused."""
    names = sys.argv[1:] or sorted(p.parent.name for p in PACKS.glob("*/pack.toml"))
    sound, faults = check_packs(names)
    faults += [f"全国参数：{fault}。" for fault in value_faults(read_national())]
    print("\n".join([*sound, *(f"✗ {fault}" for fault in faults)]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
