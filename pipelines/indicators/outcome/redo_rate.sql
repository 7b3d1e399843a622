/*---
title: {zh: "重办率", en: "Sent back to be redone"}
question: {zh: "办结后90日内，有多大比例被要求重办？", en: "What share of what was resolved is sent back to be redone within 90 days?"}
kind: share
unit: share
numerator: {zh: "办结后90日内被要求重办的信访件", en: "Submissions sent back to be redone within 90 days of their closing"}
denominator: {zh: "首次办结且办结后已满90日的信访件", en: "Submissions resolved whose 90 days after the closing are over"}
exclusions: {zh: "撤回、不予受理、转出、终结者；因群众再次提交而重启者；从不导出重办步骤的机构（另标e）", en: "Withdrawn, refused, passed on or terminated; what is reopened because it was brought again; offices that never export such steps (marked e)"}
better: lower
by: [channel]
finest: {county: year, city: year}
measures:
  rate: {zh: "重办率", en: "Share redone"}
clock: {zh: "首次办结日期", en: "Day of the first closing"}
cell: S
follow_up_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [redone_only_where_checked, steps_not_exported_are_unknown]
not_for: {zh: "以重办少为办得好：不检查便没有重办", en: "Taking few for good: where nobody checks nothing is redone"}
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
    closed_on as on_date,
    case
        when has_redos then case when date_diff('day', closed_on, redone_on) <= 90 then 1 else 0 end
    end as numerator,
    1 as denominator,
    channel
from case_traces
where outcome = 'resolved'
