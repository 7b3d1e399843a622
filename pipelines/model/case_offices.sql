/*---
table: case_offices
title: {zh: "承办机构", en: "Handling offices"}
about:
  zh: 每件统计范围内的信访件一行，记其承办机构：答复之前（尚未答复的，至今）最后一次流转的转入机构；没有流转或转入机构未写明的，为登记机构。同日流转、答复的，以流转在先计。
  en: >-
    One row per submission in scope with the office that handles it: the one that it last went to
    before its reply, or up to now where there is none yet; without a hand-off, or where the receiving
    office is not named, the one that registered it. Of a hand-off and a reply on one day the hand-off
    is taken to come first.
grain: submission in scope
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  handling_office: {type: text, required: true, zh: "承办机构", en: "Handling office"}
---*/
with
    numbered as (
        select
            case_handoffs.case_id,
            case_handoffs.to_office_id,
            row_number() over (
                partition by case_handoffs.case_id order by case_handoffs.handoff_no desc
            ) as back_no
        from case_handoffs
        inner join case_timelines as timelines on timelines.case_id = case_handoffs.case_id
        where
            case_handoffs.to_office_id is not null
            and (timelines.replied_on is null or case_handoffs.handed_on <= timelines.replied_on)
    ),

    last_handoffs as (select case_id, to_office_id from numbered where back_no = 1)

select
    timelines.case_id, coalesce(last_handoffs.to_office_id, timelines.office_id) as handling_office
from case_timelines as timelines
left join last_handoffs on last_handoffs.case_id = timelines.case_id
