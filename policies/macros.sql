create or replace temp macro link_rank(grade) as
case grade when 'exact' then 0 when 'variant' then 1 when 'probable' then 2 when 'held' then 3 else 4 end;

-- Whole years; attained on the birthday itself, on 28 February in common years for those born on the 29th.
create or replace temp macro age_on(birth, day) as
(year(day) - year(birth) - if((birth + to_years(cast(year(day) - year(birth) as integer)))::date > day, 1, 0))::integer;

-- Statutory retirement by sex: the base age, and from `rise_from` one month later for every `step` months, up to `cap`.
-- Counted once from the birth date, so that a month's end is cut at most once.
create or replace temp macro base_retirement(birth, sex, male, female) as
(birth + to_months(cast(if(sex = '女', female, male) as integer)))::date;

create or replace temp macro retirement_date(birth, sex, male, female, rise_from, step, cap) as
(birth + to_months(cast(if(sex = '女', female, male) + case when base_retirement(birth, sex, male, female) < rise_from then 0
   else least(cap, date_diff('month', rise_from, base_retirement(birth, sex, male, female)) // step + 1) end as integer)))::date;

-- Whether a service day lies in the tier that the as-of day lies in.
create or replace temp macro in_tier(day, as_of, reg, short_end, mid_end) as
case when as_of <= short_end then day >= reg when as_of <= mid_end then day > short_end else day > mid_end end;

-- The same day `n` months on, or that month's last day where there is none.
create or replace temp macro months_after(day, n) as (day + to_months(cast(n as integer)))::date;

-- Whether an area, told by name or by code, begins like one of the areas listed.
create or replace temp macro in_areas(area, areas) as
if(area is null, null, len(list_filter(areas, lambda a: starts_with(replace(area, ' ', ''), a))) > 0);

-- Whether a subsidy paid up to a day reaches the month in which what it is for began.
create or replace temp macro is_subsidised(paid_to, began) as coalesce(paid_to >= date_trunc('month', began), false);

-- Distinct months from one month to another, both included, as days; none where the order is wrong.
create or replace temp macro months_between(first, last) as
generate_series(date_trunc('month', first), date_trunc('month', last), interval 1 month);

-- The birth date that an identity number tells.
create or replace temp macro birth_of(id_key) as
if(regexp_full_match(id_key, '[0-9]{17}[0-9X]'), try_strptime(substr(id_key, 7, 8), '%Y%m%d')::date, null);

-- Schooling as a step: 1 primary, 2 junior, 3 senior and vocational school, 4 college, 5 university, 6 master, 7 doctor; by
-- words or by the code of GB/T 4658. Null where nothing is said or asked.
create or replace temp macro education_level(told) as
case when regexp_full_match(told, '[1-9][0-9]?') then case left(told, 1) when '1' then 6 when '2' then 5 when '3' then 4 when '7' then 2 when '8' then 1 when '9' then 1 else 3 end
     when contains(told, '博士') then 7 when regexp_matches(told, '硕士|研究生') then 6 when regexp_matches(told, '本科|学士') then 5
     when regexp_matches(told, '大专|专科|高职') then 4 when contains(told, '大学') then 5 when regexp_matches(told, '高中|中专|中职|职高|技校|技工|中技') then 3
     when contains(told, '初中') then 2 when regexp_matches(told, '小学|文盲') then 1 end;
