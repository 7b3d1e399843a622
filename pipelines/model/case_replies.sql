/*---
table: case_replies
title: {zh: "首次答复", en: "First replies"}
about:
  zh: 每件已答复的统计范围内信访件一行，及其首次答复的处理意见；机构从不导出答复步骤的，取办结步骤上的意见。重办、复查之后的答复不改变首次答复。
  en: >-
    One row per submission in scope that was replied to, with the opinion of its first reply; where
    an office never exports replies, that of the closing. Replies after it was redone or reviewed do
    not change it.
grain: submission replied to
counts: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  replied_on: {type: date, required: true, zh: "首次答复日期", en: "Day of the first reply"}
  opinion: {type: code, zh: "首次答复的处理意见", en: "Opinion of the first reply"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    opinions as (
        select
            timelines.case_id,
            case_events.opinion,
            row_number() over (
                partition by timelines.case_id
                order by coalesce(case_events.seq, 0), case_events.event_id
            ) as reply_no
        from case_timelines as timelines
        inner join
            case_events
            on case_events.case_id = timelines.case_id
            and case_events.event_at = timelines.replied_at
            and case_events.event_type in ('reply', 'close')
            and case_events.opinion is not null
    )

select
    timelines.case_id,
    timelines.region_row,
    timelines.office_id,
    timelines.content_code,
    timelines.replied_on,
    opinions.opinion,
    timelines.seen_until_on
from case_timelines as timelines
left join opinions on opinions.case_id = timelines.case_id and opinions.reply_no = 1
where timelines.replied_at is not null
