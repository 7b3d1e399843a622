/*---
title: {zh: "回退率", en: "Sent back by the receiving office"}
question: {zh: "转送、交办出去的件，有多大比例30日内被承办单位退回？", en: "Of what is passed on, what share does the receiving office send back within 30 days?"}
kind: share
unit: share
numerator: {zh: "30日内被退回的转送、交办、改派（下一次流转即为退回）", en: "Transfers, assignments and reassignments sent back within 30 days, the next hand-off being a return"}
denominator: {zh: "已满30日的转送、交办、改派；一件转两次计两次", en: "Transfers, assignments and reassignments whose 30 days are over; a submission passed on twice counts twice"}
exclusions: {zh: "未满30日的流转；退回本身；机构从不导出退回步骤者（另标e）", en: "Those made less than 30 days ago; returns themselves; offices that never export returns (marked e)"}
better: lower
by: []
finest: {county: year, city: year}
measures:
  rate: {zh: "回退率", en: "Share sent back"}
clock: {zh: "转送、交办、改派日期", en: "Day of the transfer or assignment"}
cell: S
follow_up_days: 30
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [returns_tell_of_the_sender_too, steps_not_exported_are_unknown]
not_for: {zh: "评价承办单位：退回也可能是转错了", en: "Judging the receiving office: what was passed to the wrong one is rightly sent back"}
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
    handed_on as on_date,
    case
        when has_returns
        then case when date_diff('day', handed_on, returned_on) <= 30 then 1 else 0 end
    end as numerator,
    1 as denominator
from case_handoffs
where step_type <> 'return'
