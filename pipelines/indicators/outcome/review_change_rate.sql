/*---
title: {zh: "复查改变率", en: "Reviews that change the outcome"}
question: {zh: "复查、复核有多大比例改变了原处理意见？", en: "What share of reviews and rechecks changes the outcome?"}
kind: share
unit: share
numerator: {zh: "结论为变更或撤销的复查决定（复核决定另计）", en: "Decisions of review that change or revoke the outcome (decisions of recheck are counted beside them)"}
denominator: {zh: "载有结论（维持、变更、撤销）的复查决定（复核决定另计）", en: "Decisions of review with a conclusion: upheld, changed or revoked (recheck beside them)"}
exclusions: {zh: "尚未决定的复查、复核；未注明结论的决定（另标e）", en: "Reviews not yet decided; decisions without a conclusion (marked e)"}
better: lower
by: [handling_office]
finest: {county: year, city: year, province: year}
measures:
  review: {zh: "复查改变率", en: "Changed on review"}
  recheck: {zh: "复核改变率", en: "Changed on recheck"}
clock: {zh: "复查、复核决定日期", en: "Day of the decision"}
cell: S
since: 2003-01-01
source: {zh: "办理步骤", en: "Step log"}
caveats: [few_reviews_may_mean_little_trust, steps_not_exported_are_unknown]
not_for: {zh: "单独评价机构：维持多，可能是首次处理得好，也可能是复查走过场", en: "Judging an office alone: much upheld may mean good first decisions or empty reviews"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    reviews.region_row,
    reviews.office_id,
    reviews.seen_until_on,
    reviews.decided_on as on_date,
    reviews.stage as measure,
    case
        when reviews.conclusion in ('changed', 'revoked')
        then 1
        when reviews.conclusion = 'upheld'
        then 0
    end as numerator,
    1 as denominator,
    coalesce(case_offices.handling_office, reviews.office_id) as handling_office
from case_reviews as reviews
left join case_offices on case_offices.case_id = reviews.case_id
where reviews.decided_on is not null
