/*---
table: case_notices
title: {zh: "决定告知", en: "Notices of decisions"}
about:
  zh: 每件每种决定一行，记首次告知该决定之时：不早于首次作出该决定的告知。决定之前的告知（如告知转送）告知的是别的事，不算；时刻只精确到日、到月的告知，与决定同日、同月即算。没有告知的决定无此行。
  en: >-
    One row per submission and kind of decision, with the first notice that tells of it: one not
    before the first such decision. What was told before it, as of a transfer, told of something
    else; a notice stamped only to the day or the month counts on the day or in the month of the
    decision. A decision that nobody was told of has no row.
grain: submission and decision told of
key: [case_id, decision]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  decision: {type: code, required: true, zh: "决定", en: "Decision", codes: [accept, refuse]}
  told_at: {type: timestamp, required: true, zh: "首次告知该决定的时间", en: "First notice of the decision"}
---*/
with
    decisions as (
        select case_id, event_type as decision, min(event_at) as decided_at
        from case_events
        where event_type in ('accept', 'refuse')
        group by case_id, event_type
    )

select decisions.case_id, decisions.decision, min(notices.event_at) as told_at
from decisions
inner join
    case_events as notices
    on notices.case_id = decisions.case_id
    and notices.event_type = 'notify'
    and notices.event_at >= case
        notices.at_precision
        when 'day'
        then date_trunc('day', decisions.decided_at)
        when 'month'
        then date_trunc('month', decisions.decided_at)
        else decisions.decided_at
    end
group by decisions.case_id, decisions.decision
