"""How grave an open entry is for the person it is about: who may be dead must not be visited, called or let in before that is
settled."""

TO_LEAVE = 4
GRAVITY = f"""case when coalesce(ground, basis) in ('died', 'death') then 1 when coalesce(ground, basis) = 'custody' then 2
    when op = 'ALERT' then 3 when op in ('PROP_EXIT', 'PROP_DEREG') then {TO_LEAVE} else {TO_LEAVE + 1} end"""
# Beside a person on any list of things to do: what must be settled first.
CAUTIONS = f"""
create or replace temp table report_caution as
with graded as (select person_id, min({GRAVITY}) as gravity from report_open_entry where person_id is not null and op <> 'ALERT' group by person_id)
select person_id, word_mark(case gravity when 1 then '有死亡信息待核实，先核后办' when 2 then '有收监服刑信息待核实，先核后办'
    else '已建议退出或注销，先核后办' end) as caution
from graded where gravity <= {TO_LEAVE}
"""
