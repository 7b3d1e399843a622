/*---
title: {zh: "群众确认解决率", en: "Solved, in the petitioner's own word"}
question: {zh: "回访时，有多大比例的信访人确认问题已解决？", en: "What share of the petitioners who were called back confirm that the matter is solved?"}
kind: share
unit: share
numerator: {zh: "确认解决率：确认已解决的回访；剔除占比：已剔除的回访", en: "Confirmed: call-backs whose answer is that the matter is solved; left out: call-backs that were left out"}
denominator: {zh: "确认解决率：已作答、未剔除的回访；剔除占比：全部已作答的回访", en: "Confirmed: call-backs that were answered and not left out; left out: all call-backs answered"}
exclusions: {zh: "短信、网上等其他方式的评价；未作答的回访；已剔除的回访（另计占比）；未记是否解决的回访（另标e）", en: "Ratings by other means than a call; calls without an answer; those left out (their share is shown); calls that do not record the answer (marked e)"}
better: higher
by: [channel, content_code]
finest: {county: year, city: year, province: quarter}
measures:
  confirmed: {zh: "确认解决率", en: "Confirmed solved"}
  left_out: {zh: "剔除占比", en: "Left out"}
clock: {zh: "回访作答日期", en: "Day of the answer"}
cell: S
since: 2003-01-01
source: {zh: "满意度评价（回访）", en: "Evaluations by call-back"}
caveats: [only_those_who_answer, left_out_is_shown, two_ratings_per_matter]
not_for: {zh: "与剔除规则不同的系统比较；代替办结率", en: "Comparing with systems that leave out other calls; standing in for what is closed"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按内容分类（每年）", en: "By content class, too, by year"}
---*/
with
    answered as (
        select
            region_row,
            office_id,
            seen_until_on,
            answered_on,
            is_excluded,
            is_confirmed_solved,
            channel,
            content_code
        from case_ratings
        where method = 'callback' and answered_on is not null
    )

select
    region_row,
    office_id,
    seen_until_on,
    answered_on as on_date,
    'confirmed' as measure,
    case when is_confirmed_solved then 1 when not is_confirmed_solved then 0 end as numerator,
    1 as denominator,
    channel,
    content_code
from answered
where not is_excluded
union all
select
    region_row,
    office_id,
    seen_until_on,
    answered_on as on_date,
    'left_out' as measure,
    case when is_excluded then 1 else 0 end as numerator,
    1 as denominator,
    channel,
    content_code
from answered
