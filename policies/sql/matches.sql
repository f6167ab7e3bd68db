-- One row per person and post, with everything that is known of the person.
create or replace temp view wide_match as select w.*, m.* exclude (person_id) from wide as w inner join post_match as m using (person_id);
