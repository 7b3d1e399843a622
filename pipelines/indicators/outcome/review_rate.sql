/*---
title: {zh: "复查申请率", en: "Reviews asked for"}
question: {zh: "答复以后，有多大比例在期限内申请复查，复查后又有多大比例申请复核？", en: "After a reply, what share asks for review in time, and after the review, what share asks for recheck?"}
kind: share
unit: share
numerator: {zh: "复查：期限内申请复查的信访件；复核：期限内申请复核的信访件", en: "Review: submissions of which a review was asked for in time; recheck: of which a recheck was"}
denominator: {zh: "复查：申请期限在统计期内届满的已答复件；复核：申请期限在统计期内届满的复查决定", en: "Review: submissions replied to whose time for asking ended in the period; recheck: reviews decided whose time ended in it"}
exclusions: {zh: "期限尚未届满者；答复当日没有申请期限规则者；从不导出复查、复核步骤的机构（另标e）；期限过后才申请者不计入分子", en: "Time not over; no rule on the day of the reply; offices that never export such steps (marked e); what is asked for after the time is not in the numerator"}
better: neither
by: [content_code]
finest: {county: year, city: year}
measures:
  review: {zh: "复查申请率", en: "Reviews asked for"}
  recheck: {zh: "复核申请率", en: "Rechecks asked for"}
clock: {zh: "申请期限末日", en: "Last day for asking"}
rule: review_request
cell: S
follow_up_days: 0
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、期限规则", en: "Case register, step log and rule calendar"}
caveats: [few_reviews_may_mean_little_trust, rule_in_force_on_the_day, steps_not_exported_are_unknown]
not_for: {zh: "以申请少为好：申请复查是法定权利", en: "Taking few requests for good: asking for review is a right"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    window_end_on as on_date,
    stage as measure,
    case
        when has_reviews then case when asked_on <= window_end_on then 1 else 0 end
    end as numerator,
    1 as denominator,
    content_code
from case_reviews
where window_end_on is not null
