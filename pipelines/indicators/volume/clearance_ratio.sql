/*---
title: {zh: "办结受理比", en: "Closed per accepted"}
question: {zh: "每受理一件，办结了几件？", en: "How many were closed for each that was accepted?"}
kind: ratio
unit: closed_per_accepted
numerator: {zh: "统计期内首次办结（任何结果）的已受理信访件，不论何时受理", en: "Accepted submissions with their first closing of any outcome in the period, whenever they were accepted"}
denominator: {zh: "统计期内首次受理的信访件", en: "Submissions first accepted in the period"}
exclusions: {zh: "从未受理者（含不予受理）；测试件、作废件、登记时即依法导入其他程序的件", en: "What was never accepted, refusals among it; test and void entries, and entries redirected to another procedure when registered"}
better: neither
by: [handling_office]
measures:
  ratio: {zh: "办结受理比", en: "Closed per accepted"}
clock: {zh: "首次办结日；首次受理日", en: "Day of the first closing; day of the first acceptance"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [clearance_is_not_quality, any_outcome_closes, closing_from_events]
not_for: {zh: "不结合存量与结果单独评价机构：匆忙办结也会使比值过1", en: "Judging an office without its stock and its results: hasty closing lifts the ratio above 1, too"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
with
    accepted as (
        select
            timelines.region_row,
            timelines.office_id,
            timelines.seen_until_on,
            timelines.accepted_on,
            timelines.closed_on,
            coalesce(case_offices.handling_office, timelines.office_id) as handling_office
        from case_timelines as timelines
        left join case_offices on case_offices.case_id = timelines.case_id
        where timelines.accepted_on is not null
    )

select
    region_row,
    office_id,
    seen_until_on,
    closed_on as on_date,
    1 as numerator,
    0 as denominator,
    handling_office
from accepted
where closed_on is not null
union all
select
    region_row,
    office_id,
    seen_until_on,
    accepted_on as on_date,
    0 as numerator,
    1 as denominator,
    handling_office
from accepted
