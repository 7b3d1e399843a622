/*---
table: first_closings
title: {zh: "初次信访的办结", en: "Closings of first submissions"}
about:
  zh: 每个信访事项的首次提交，附答复办结的一行，及其后同一事项再次提交、申请复查之日。来源系统记为重复的、没有事项编号的不列，机构从不导出复查、复核步骤的也不列：三者都无从判断。办结当日的再次提交是多头信访，不算。
  en: >-
    One row for the first submission of each matter that was closed with a reply, with the days on
    which the matter was next brought again and its review asked for. Left out is what cannot be
    judged: what the source calls a repeat, what has no matter key, and offices that never export
    steps of reviews. What is sent again on the day of the closing went to several offices at once
    and does not count.
grain: first submission of a matter
counts: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  closed_on: {type: date, required: true, zh: "首次办结日期", en: "Day of the first closing"}
  repeated_on: {type: date, zh: "其后首次再次提交之日", en: "Day on which the matter was next brought again"}
  review_asked_on: {type: date, zh: "申请复查之日（办结以前申请的取办结日）", en: "Day on which a review was asked for (that of the closing, if before)"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    numbered as (
        select
            case_id,
            matter_key,
            region_row,
            office_id,
            content_code,
            is_first,
            closed_on,
            outcome,
            seen_until_on,
            row_number() over (
                partition by matter_key order by registered_at, case_id
            ) as submission_no
        from case_timelines
        where matter_key <> case_id
    ),

    closed as (
        select
            numbered.case_id,
            numbered.matter_key,
            numbered.region_row,
            numbered.office_id,
            numbered.content_code,
            numbered.closed_on,
            case
                when reviews.asked_on is not null
                then greatest(reviews.asked_on, numbered.closed_on)
            end as review_asked_on,
            numbered.seen_until_on
        from numbered
        inner join
            case_reviews as reviews
            on reviews.case_id = numbered.case_id
            and reviews.stage = 'review'
            and reviews.has_reviews
        where
            numbered.submission_no = 1
            and coalesce(numbered.is_first, true)
            and numbered.outcome = 'resolved'
    ),

    repeats as (
        select closed.case_id, min(later.registered_on) as repeated_on
        from closed
        inner join
            case_timelines as later
            on later.matter_key = closed.matter_key
            and later.registered_on > closed.closed_on
        group by closed.case_id
    )

select
    closed.case_id,
    closed.region_row,
    closed.office_id,
    closed.content_code,
    closed.closed_on,
    repeats.repeated_on,
    closed.review_asked_on,
    closed.seen_until_on
from closed
left join repeats on repeats.case_id = closed.case_id
