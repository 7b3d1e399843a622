/*---
table: post_regions
title: {zh: "领导职务的地区", en: "Regions of posts"}
about:
  zh: 每段任期所属的每个区划版本一行：任职地代码的各版本及其存续（见region_lines）；代码晚于任职才启用的，也包括它当时的代码。代码不明者归最高一级地区。改码、升格、更名不断开任期。
  en: >-
    One row per term in a post and region version that it is of: the versions of its code, those in
    which they live on (see region_lines), and, where the code is younger than the term, the code
    that the region then had; an unknown code counts for the topmost region. A region that is
    recoded, upgraded or renamed ends no term.
grain: term in a post and region version
key: [leader_post_id, term_from_on, region_row]
columns:
  leader_post_id: {type: text, required: true, zh: "领导职务编号（加密散列；记职务，不记人）", en: "Post of the leader (keyed hash; a post, never a person)"}
  region_row: {type: text, required: true, zh: "任职地区划版本", en: "Version of the region of the post"}
  tier: {type: code, required: true, zh: "职务层级", en: "Tier of the post"}
  post_kind: {type: code, zh: "职务类别", en: "Kind of post"}
  term_from_on: {type: date, required: true, zh: "任职起始日", en: "First day in office"}
  from_on: {type: date, required: true, zh: "属于该版本的首日", en: "First day on which it is of that version"}
  until_on: {type: date, required: true, zh: "任职截止日（不含）", en: "End of the term (exclusive)"}
---*/
with
    born as (
        select terms.leader_post_id, terms.from_on, terms.region_code, region.region_row
        from office_terms as terms
        inner join
            region_validity as region
            on region.region_code = terms.region_code
            and region.from_on <= terms.from_on
            and region.until_on > terms.from_on
    ),

    roots as (
        select terms.leader_post_id, terms.from_on, own.region_row
        from office_terms as terms
        inner join regions as own on own.region_code = terms.region_code
        union
        -- the ground of a younger code, if the code is what became of the whole of it
        select born.leader_post_id, born.from_on, born.region_row
        from born
        inner join region_lines as line on line.region_row = born.region_row
        inner join
            regions as own on own.region_row = line.later_row and own.region_code = born.region_code
        union
        select leader_post_id, from_on, region_row
        from born
        where region_row is not null and region_code not in (select region_code from regions)
    ),

    places as (
        select
            roots.leader_post_id,
            roots.from_on as term_from_on,
            line.later_row as region_row,
            min(line.from_on) as from_on
        from roots
        inner join region_lines as line on line.region_row = roots.region_row
        group by roots.leader_post_id, roots.from_on, line.later_row
    )

select
    terms.leader_post_id,
    coalesce(places.region_row, run_facts.top_region_row) as region_row,
    terms.tier,
    terms.post_kind,
    terms.from_on as term_from_on,
    greatest(terms.from_on, coalesce(places.from_on, terms.from_on)) as from_on,
    coalesce(terms.to_on, date '9999-12-31') as until_on
from office_terms as terms
cross join ops.run_facts as run_facts
left join
    places on places.leader_post_id = terms.leader_post_id and places.term_from_on = terms.from_on
