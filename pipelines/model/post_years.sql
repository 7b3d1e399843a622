/*---
table: post_years
title: {zh: "领导职务年度下访", en: "Visits by post and year"}
about:
  zh: 每个领导职务每个完整在任且有数据的日历年一行，及该年到场的下访场次；只知月份、年份的下访也计入。
  en: >-
    One row per post and calendar year that it was held throughout, with data throughout, and the
    visits at which it was present; visits known only to the month or the year count as well.
grain: post and whole year in office
columns:
  region_row: {type: text, required: true, zh: "任职地区划版本", en: "Version of the region of the post"}
  office_id: {type: text, zh: "恒为空（职务不属于某一机构）", en: "Always empty: a post belongs to no office"}
  tier: {type: code, required: true, zh: "职务层级", en: "Tier of the post"}
  year_end_on: {type: date, required: true, zh: "该年末日", en: "Last day of the year"}
  visits_attended: {type: integer, required: true, unit: 场, zh: "到场下访场次", en: "Visits at which the post was present"}
  seen_until_on: {type: date, required: true, zh: "恒为9999-12-31（整年都有数据）", en: "Always 9999-12-31: the whole year is covered"}
---*/
with
    whole_years as (
        select
            posts.leader_post_id,
            posts.region_row,
            posts.tier,
            period.period_start,
            period.period_end
        from posts_in_office as posts
        inner join
            periods as period
            on period.period_kind = 'year'
            and period.period_start >= posts.from_on
            and period.period_end <= posts.until_on
    ),

    attended as (
        select visit_leaders.leader_post_id, visits.visit_id, visits.visit_on
        from visit_leaders
        inner join visits on visits.visit_id = visit_leaders.visit_id
    )

select
    whole_years.region_row,
    cast(null as varchar) as office_id,
    whole_years.tier,
    cast(whole_years.period_end - interval '1 day' as date) as year_end_on,
    count(attended.visit_id) as visits_attended,
    date '9999-12-31' as seen_until_on
from whole_years
left join
    attended
    on attended.leader_post_id = whole_years.leader_post_id
    and attended.visit_on >= whole_years.period_start
    and attended.visit_on < whole_years.period_end
group by
    whole_years.leader_post_id,
    whole_years.region_row,
    whole_years.tier,
    whole_years.period_start,
    whole_years.period_end
