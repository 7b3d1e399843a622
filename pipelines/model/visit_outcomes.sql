/*---
table: visit_outcomes
title: {zh: "下访成效", en: "What visits brought"}
about:
  zh: 每场已举行、日期精确到日、且关联到所受理信访件的下访一行（未关联者之后如何无从得知），记其首次见效之日：当场化解过问题的为下访当日，否则为所受理信访件中最早以“办结”结束者的日期；撤回、转出、不予受理、终结不算成效。
  en: >-
    One row per visit held on a known day that is linked to submissions taken up there (of others
    nobody can say what followed), with the day of its first result: the day of the visit where a
    problem was solved on the spot, else the earliest day on which a submission taken up there was
    resolved. What was withdrawn, passed on, refused or terminated is no result.
grain: visit held
key: [visit_id]
columns:
  visit_id: {type: text, required: true, zh: "下访活动编号（加密散列）", en: "Visit number (keyed hash)"}
  region_row: {type: text, required: true, zh: "下访地区划版本", en: "Version of the region visited"}
  office_id: {type: text, zh: "组织机构", en: "Organising office"}
  tier: {type: code, required: true, zh: "下访领导层级", en: "Tier of the visiting leaders"}
  visit_on: {type: date, required: true, zh: "下访日期", en: "Day of the visit"}
  first_result_on: {type: date, zh: "首次见效日期（空为尚无）", en: "Day of the first result (empty = none yet)"}
  seen_until_on: {type: date, required: true, zh: "该场各件变化最晚可见之日中最早者", en: "Earliest of the days up to which the exports of its matters could have shown a change"}
---*/
with
    matters as (
        select
            visit_id,
            min(case when outcome = 'resolved' then closed_on end) as first_resolved_on,
            min(seen_until_on) as seen_until_on
        from visit_matters
        group by visit_id
    ),

    solved as (select distinct visit_id from visit_receptions where solved_on_spot > 0)

select
    visits.visit_id,
    visits.region_row,
    visits.organiser_office_id as office_id,
    visits.tier,
    visits.visit_on,
    case
        when solved.visit_id is not null then visits.visit_on else matters.first_resolved_on
    end as first_result_on,
    least(visits.seen_until_on, matters.seen_until_on) as seen_until_on
from visits
inner join matters on matters.visit_id = visits.visit_id
left join solved on solved.visit_id = visits.visit_id
