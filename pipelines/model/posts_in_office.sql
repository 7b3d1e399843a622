/*---
table: posts_in_office
title: {zh: "领导职务在任区间", en: "Posts in office"}
about:
  zh: 每个领导职务每段任期中有下访数据可言的每个区间一行：任期与其地区的数据覆盖期之交集；区间外有无下访无从得知。只记职务，不记姓名；地区按任职起始日判定，未填者归最高一级地区。
  en: >-
    One row per term in a post and span of days for which visits are reported there: the
    term cut to the coverage of its region, since outside it nobody can say whether there was a
    visit. Posts only, never names; the region is that of the first day of the term.
grain: term in a post and span covered
key: [leader_post_id, from_on]
columns:
  leader_post_id: {type: text, required: true, zh: "领导职务编号（加密散列；记职务，不记人）", en: "Post of the leader (keyed hash; a post, never a person)"}
  region_row: {type: text, required: true, zh: "任职地区划版本", en: "Version of the region of the post"}
  tier: {type: code, required: true, zh: "职务层级", en: "Tier of the post"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End (exclusive)"}
---*/
with
    placed as (
        select
            terms.leader_post_id,
            coalesce(region.region_row, run_facts.top_region_row) as region_row,
            terms.tier,
            terms.from_on,
            coalesce(terms.to_on, date '9999-12-31') as to_on
        from office_terms as terms
        cross join ops.run_facts as run_facts
        left join
            region_validity as region
            on region.region_code = terms.region_code
            and region.from_on <= terms.from_on
            and region.until_on > terms.from_on
    )

select
    placed.leader_post_id,
    placed.region_row,
    placed.tier,
    greatest(placed.from_on, coverage.from_on) as from_on,
    least(placed.to_on, coverage.until_on) as until_on
from placed
inner join
    coverage
    on coverage.table_name = 'leader_visits'
    and coverage.region_row = placed.region_row
    and coverage.from_on < placed.to_on
    and coverage.until_on > placed.from_on
