/*---
table: visit_matters
title: {zh: "下访受理的信访件", en: "Matters taken up at visits"}
about:
  zh: 已举行且日期精确到日的下访所受理的每件信访件一行，无论由接待登记关联，还是信访件自身注明该场下访；同一场同一件只计一行。下访之日以前已办结者不列。地区与层级随下访，办结取信访件首次办结。
  en: >-
    One row per submission taken up at a visit that was held on a known day, whether the reception
    names the submission or the submission names the visit; once per visit. What was closed before
    the day of the visit is left out. Region and tier are those of the visit; the closing is the
    submission's first.
grain: submission taken up at a visit
key: [visit_id, case_id]
columns:
  visit_id: {type: text, required: true, zh: "下访活动编号（加密散列）", en: "Visit number (keyed hash)"}
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "下访地区划版本", en: "Version of the region visited"}
  office_id: {type: text, zh: "登记机构", en: "Registering office"}
  tier: {type: code, required: true, zh: "下访领导层级", en: "Tier of the visiting leaders"}
  visit_on: {type: date, required: true, zh: "下访日期", en: "Day of the visit"}
  closed_on: {type: date, zh: "首次办结日期", en: "Day of the first closing"}
  outcome: {type: code, zh: "首次办结的结果（空为未结）", en: "Outcome of the first closing (empty = open)"}
  seen_until_on: {type: date, required: true, zh: "该件变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    linked as (
        select visit_id, case_id
        from receptions
        where visit_id is not null and case_id is not null
        union
        select visit_id, case_id
        from case_timelines
        where visit_id is not null
    )

select
    linked.visit_id,
    linked.case_id,
    visits.region_row,
    timelines.office_id,
    visits.tier,
    visits.visit_on,
    timelines.closed_on,
    timelines.outcome,
    timelines.seen_until_on
from linked
inner join visits on visits.visit_id = linked.visit_id and visits.on_precision = 'day'
inner join case_timelines as timelines on timelines.case_id = linked.case_id
where timelines.closed_on is null or timelines.closed_on >= visits.visit_on
