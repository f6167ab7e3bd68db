"""The whole chain behind a link, a state or an entry, down to file, sheet, row and clause. Numbers are shown masked."""

import json
import re
from datetime import date, datetime
from typing import Any

import duckdb

from flows.files.reread import read_again
from flows.looking.explain_weight import weight_lines
from flows.looking.look import last_known_run
from flows.looking.origins import RULES, Origins
from flows.packs.history import kept_of, read_history
from flows.settings.read import read_settings
from flows.workspace import Workspace
from intake.prepare import record_id_of
from ledger.store import connect
from matchers.id_numbers import EXACT, fold_number
from policies.old_rules import POLICY
from policies.pack import Pack
from policies.rule import Rule
from policies.versions import rule_at
from reports.console.fold import narrow, widen
from schemas.errors import DeliveryRefused, UsageError, say, without_numbers
from schemas.extracts import LAYOUTS

ENTRY = """
select entry_id, run_no, recorded_at::varchar as recorded_at, person_id, pack, track, op, basis, clause, ground, state_from, state_to,
       valid_from, valid_to, needs_decision, supersedes, evidence, parameters, reason from ledger_entry where entry_id = $entry
"""
PERSON = """
select person_id, name, id_kind, id_number, sex, birth_date, first_run, last_run, merged_into from person where person_id = $person
"""
OF_PERSON = "select record_id from standing_{kind} where person_id = ? and run_no <= ? order by delivery_id, row_no"
ROW = """
select m.record_id, m.person_id, m.match_status, m.rule, m.runner_up_person_id, m.model_version, m.cause,
       m.match_weight, m.runner_up_weight, m.weights, m.levels
from read_parquet($glob) as m where m.delivery_id = $delivery and m.row_no = $row order by m.filename
"""


def mask(number: str | None) -> str:
    """
    >>> mask("150102198507043219")
    '150102********3219'
    """
    if not number:
        return "（无号码）"
    return f"{number[:6]}********{number[14:]}" if len(number) == 18 else f"{number[:2]}******{number[-2:]}"


def people_shown(told: str) -> list[str]:
    """Whose line, with their name, stands in an explanation."""
    return sorted(set(re.findall(r"^人员 (P\d+)：", told, re.MULTILINE)))


def explain_entry(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, entry: str, as_of: date | None, known_at: datetime
) -> str:
    """One ledger entry: rule, values, evidence, and what it supersedes or what superseded it."""
    found = con.execute(ENTRY, {"entry": entry}).fetchall()
    if not found:
        raise UsageError(
            say(f"没有流水号为 {entry} 的台账记录；流水号形如 1-5。", f"No ledger entry {entry}; ids look like 1-5.")
        )
    e = dict(zip(_names(con, ENTRY, {"entry": entry}), found[0], strict=True))
    if e["run_no"] > last_known_run(workspace.runs, known_at):
        raise UsageError(
            say(
                f"台账 {entry} 记录于 {e['recorded_at']}，在所问的时候还没有；请去掉 --known-at，或写晚一些的时刻。",
                f"Entry {entry} was recorded at {e['recorded_at']}, after the time asked about; leave out --known-at.",
            )
        )
    lines = [f"台账 {e['entry_id']}：{e['pack']} {e['track']} {e['op']}，{e['state_from'] or '—'} → {e['state_to'] or '—'}",
             f"  第 {e['run_no']} 次运行，记录于 {e['recorded_at']}；自 {e['valid_from']} 起" + (f"至 {e['valid_to']}" if e["valid_to"] else ""),
             f"  结论：{e['reason']}", f"  需人工决定：{'是' if e['needs_decision'] else '否'}"]  # fmt: skip
    lines += _rule_lines(con, workspace, e["pack"], e["run_no"], json.loads(e["parameters"] or "{}"))
    lines += _person_lines(con, e["person_id"])
    lines += Origins(con, workspace).lines(e["evidence"] or [])
    if e["supersedes"]:
        lines.append(f"  取代台账 {e['supersedes']}")
    for (later,) in con.execute(
        "select entry_id from ledger_entry where supersedes = ? and recorded_at <= ?::timestamptz order by run_no, seq",
        [entry, known_at],
    ).fetchall():
        lines.append(f"  后来被台账 {later} 取代")
    return "\n".join(lines)


def explain_person(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, person: str, as_of: date | None, known_at: datetime
) -> str:
    """One person: who, where they stand in each track on a date, and every entry and row behind it."""
    last = last_known_run(workspace.runs, known_at)
    if not con.execute(f"{PERSON} and first_run <= $last", {"person": person, "last": last}).fetchall():
        raise UsageError(
            say(
                "没有这个编号的人，或在所问的时候还没有建档；编号形如 P000000001，按证件号码查请用 --id。",
                "No such person at that time; ids look like P000000001, use --id for a number.",
            )
        )
    day = as_of or date(9999, 12, 31)
    lines = _person_lines(con, person)
    narrow(con, "person_id = $person", {"person": person})
    states = con.execute(
        "select pack, track, state, basis, tier, since from ledger_state_on($day::date, $known::timestamptz)",
        {"day": day, "known": known_at},
    ).fetchall()
    for pack, track, state, basis, tier, since in states:
        lines.append(
            f"  {pack} {track}：{state or '—'}，依据 {'、'.join(basis) or '—'}{'，' + tier if tier else ''}，自 {since or '—'}"
        )
    gap = read_settings(workspace.root).case_gap_days
    cases = con.execute(
        "from ledger_cases_on($day::date, $known::timestamptz, $gap::integer)",
        {"day": day, "known": known_at, "gap": gap},
    ).fetchall()
    for _, pack, track, number, since, ended, spells in cases:
        lines.append(
            f"  {pack} {track} 第 {number} 案：{since} 至 {ended or '今'}，{spells} 段（相隔不超过 {gap} 天的算一案）"
        )
    entries = con.execute(
        "select entry_id, op, clause, valid_from, reason from ledger_entry where valid_from <= $day::date "
        "and recorded_at <= $known::timestamptz order by run_no, seq", {"day": day, "known": known_at},
    ).fetchall()  # fmt: skip
    lines += [f"  台账 {i}：{op} {clause}（{since}）{reason}" for i, op, clause, since, reason in entries]
    widen(con)
    records = [record for kind in LAYOUTS for (record,) in con.execute(OF_PERSON.format(kind=kind), [person, last]).fetchall()]  # fmt: skip
    return "\n".join([*lines, "  名下的来源行：", *Origins(con, workspace).lines(records)])


def explain_number(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, number: str, as_of: date | None, known_at: datetime
) -> str:
    """Everybody who carries a number, by its folded form."""
    folded = fold_number(number)
    key = (folded.key or "").split(":")[-1]
    people = [
        p
        for (p,) in con.execute(
            "select person_id from store.person where id_number = ? order by person_id", [key]
        ).fetchall()
    ]
    if folded.id_class not in EXACT:
        raise UsageError(
            say(
                "这个证件号码不是有效号码（位数、日期或校验位不对），不能据此查人。",
                "That is not a valid number; nobody is found by it.",
            )
        )
    if not people:
        return say("没有人用这个证件号码建档；它可能只出现在登记类数据中。", "Nobody is known by that number.")
    return "\n".join(explain_person(con, workspace, p, as_of, known_at) for p in people)


def explain_row(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, row: str, as_of: date | None, known_at: datetime
) -> str:
    """One delivered row: which file, what was found wrong, whom it was linked to and why, and which entries rest on it."""
    text, _, number = row.rpartition(":")
    delivery = _delivery(con, workspace, text)
    if not number.isdecimal():
        raise UsageError(
            say("--row 请写成 交付:行号，例如 社保停保_20240630_全量.csv:12。", "Write --row as DELIVERY:ROW.")
        )
    origins = Origins(con, workspace)
    lines = origins.delivery_lines(delivery, int(number))
    where = {"delivery": delivery, "row": int(number)}
    quarantined = con.execute('select "column", "check", message from read_parquet($glob) where delivery_id = $delivery and row_no = $row',
                              {"glob": _glob(workspace, "quarantine"), **where}).fetchall()  # fmt: skip
    lines += [f"  未收下：{column or '整行'}，{check}：{message}" for column, check, message in quarantined]
    logged = con.execute(
        ROW.replace("m.filename", "m.supersedes"), {"glob": _glob(workspace, "match_log"), **where}
    ).fetchall()
    for record, person, status, rule, runner_up, model, cause, weight, second, weights, levels in logged:
        lines.append(f"  认人：{status}，规则 {rule or '—'}（{RULES.get(rule or '', '无人对应')}），{person or '未归人'}"
                     + (f"，另一候选 {runner_up}" if runner_up else "") + (f"，变更原因 {cause}" if cause else "") + f"，{model}")  # fmt: skip
        lines += weight_lines(weight, weights, levels, runner_up, second)
        lines += origins.destroyed(record)
        rests = con.execute(
            "select entry_id, op, clause from ledger_entry where list_contains(evidence, ?) and recorded_at <= ?::timestamptz order by run_no, seq",
            [record, known_at],
        ).fetchall()
        lines += [f"  据此的台账 {i}：{op} {clause}" for i, op, clause in rests]
        lines += _person_lines(con, person) if person else []
    if not quarantined and not logged:
        lines += _unchanged_lines(con, workspace, delivery, int(number))
    return "\n".join(lines)


def _unchanged_lines(con: duckdb.DuckDBPyConnection, workspace: Workspace, delivery: str, row: int) -> list[str]:
    """An unchanged row is listed only where it first came: the archived file is read again to find it there."""
    sealed = {"glob": _glob(workspace, "delivery"), "delivery": delivery}
    ((rows,),) = con.execute(
        "select max(rows) from read_parquet($glob) where delivery_id = $delivery", sealed
    ).fetchall()
    if not 1 <= row <= rows:
        raise UsageError(
            say(f"没有第 {row} 条数据：该交付收下 {rows} 条。", f"There is no row {row}: that delivery has {rows}.")
        )
    scratch = connect()
    try:
        kept, raw = read_again(scratch, workspace, delivery)
        record = record_id_of(scratch, LAYOUTS[kept.kind], raw, row)
    except DeliveryRefused as refusal:
        return [f"  该行与此前收下的一行完全相同（未变），最初来自哪里已不能查：{refusal.reason}"]
    finally:
        scratch.close()
    return ["  该行与此前收下的一行完全相同（未变），最初来自：", *Origins(con, workspace).lines([record])]


def _names(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[str]:
    return [d[0] for d in con.execute(query, values).description or []]


def _glob(workspace: Workspace, table: str) -> str:
    return str(workspace.runs / "*" / "tables" / f"{table}.parquet")


def _delivery(con: duckdb.DuckDBPyConnection, workspace: Workspace, text: str) -> str:
    found = con.execute(
        "select distinct delivery_id from read_parquet($glob) where list_has_any([file_name, file_name || '#' || sheet], [$text, $shown]) "
        "or ends_with(file_name, '/' || $shown) or (length($text) >= 8 and starts_with(delivery_id, lower($text)))",
        {"glob": _glob(workspace, "delivery"), "text": text, "shown": without_numbers(text)},
    ).fetchall()
    if len(found) != 1:
        raise UsageError(
            say(
                f"有 {len(found)} 个交付符合所给的名字；请写完整文件名、文件名#工作表或 sha256。",
                f"{len(found)} deliveries fit; give the full name or sha256.",
            )
        )
    return str(found[0][0])


def _person_lines(con: duckdb.DuckDBPyConnection, person: str | None) -> list[str]:
    found = con.execute(PERSON, {"person": person}).fetchall()
    if not found:
        return []
    _, name, kind, number, sex, birth, first, last, merged = found[0]
    return [f"人员 {person}：{name}，{kind or '—'} {mask(number)}，{sex or '性别不详'}，{birth.year if birth else '—'} 年生；"
            f"第 {first} 次运行建档，第 {last} 次更新" + (f"，已并入 {merged}" if merged else "")]  # fmt: skip


def _rule_lines(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, pack: str, run_no: int, parameters: dict[str, Any]
) -> list[str]:
    """The rule as it read the night it was used, from the pack that was kept of that night."""
    rule_id = str(parameters.get("rule", "")).removesuffix(POLICY)
    versions = read_history(con, workspace.archive).get(pack, ())
    found = rule_at(versions, int(parameters.get("admitted_run", run_no)), rule_id)
    if found is None:
        return [f"  规则 {rule_id} 不在当时的政策包中"]
    version, rule = found
    used = {k: v for k, v in parameters.items() if k not in ("rule", "field")}
    return [
        f"  条款 {rule.clause} {rule.title}：{rule.quote}",
        f"  条件：{rule.when}",
        f"  所用数值：{json.dumps(used, ensure_ascii=False)}",
        f"  政策包 {pack} 版本 {version.pack.version}，自第 {version.since_run} 次运行起使用；原件 {_kept(version.pack)}",
        *_now_lines(versions[-1].pack, rule),
    ]


def _kept(pack: Pack) -> str:
    return "、".join(f"archive/{sha}" for sha in kept_of(pack).hashes.values())


def _now_lines(pack: Pack, rule: Rule) -> list[str]:
    """Where the rule reads otherwise by now, what it says."""
    now = next((r for r in pack.all_rules if r.id == rule.id), None)
    if now is None:
        return ["  该规则已不在现行政策包中"]
    return [] if now == rule else [f"  该规则后来改变，现为：{now.when}；{now.quote}"]
