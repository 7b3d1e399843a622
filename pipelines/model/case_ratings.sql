/*---
table: case_ratings
title: {zh: "信访件评价", en: "Ratings of submissions"}
about:
  zh: 对统计范围内信访件的每次评价邀请一行，未作答者也在内。评价窗口按时钟起点当日有效的rating_window规则：规则自答复起算的，起点为答复日（无答复者为邀请日），否则为邀请日；当日无规则则窗口为空，参评率无从计算。报送单位从未导出过未作答的邀请的（has_silent为否），没有作答的有多少无从得知。
  en: >-
    One row per request to rate a submission in scope, answered or not. The window follows the
    rating_window rule in force when its clock starts: on the day of the reply where the rule counts
    from it (the day of the request where there is none), else on the day of the request; without a
    rule there is no window and no participation can be computed. Where a sender never exported a
    request without an answer (has_silent), nobody knows how many were silent.
grain: request to rate
key: [evaluation_id]
columns:
  evaluation_id: {type: text, required: true, zh: "评价编号（加密散列）", en: "Evaluation number (keyed hash)"}
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  channel: {type: code, zh: "信访形式", en: "Channel"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  tier_received: {type: code, zh: "接收层级", en: "Tier that received it"}
  target: {type: code, zh: "评价对象", en: "Who is rated"}
  asked_on: {type: date, required: true, zh: "邀请日期", en: "Day of the request"}
  answered_on: {type: date, zh: "作答日期", en: "Day of the answer"}
  method: {type: code, zh: "评价方式", en: "Method"}
  rating: {type: code, zh: "评价结果", en: "Rating"}
  is_confirmed_solved: {type: boolean, zh: "信访人是否确认问题已解决", en: "The petitioner confirms that the matter is solved"}
  is_excluded: {type: boolean, required: true, zh: "是否剔除", en: "Left out"}
  has_silent: {type: boolean, required: true, zh: "其报送单位是否导出未作答的邀请", en: "Its sender exports requests without an answer"}
  window_end_on: {type: date, zh: "评价窗口末日", en: "Last day of the rating window"}
  seen_until_on: {type: date, required: true, zh: "该评价变化最晚可见之日", en: "Last day on which its export could have shown a change"}
---*/
with
    -- who sends answers alone says nothing of those who gave none
    senders as (
        select
            sender_id,
            max(case when answered_at is null or rating is null then 1 else 0 end) = 1 as has_silent
        from evaluations
        where excluded_reason is null
        group by sender_id
    ),

    windows as (
        select
            coalesce(clock_start, '') = 'reply' as is_from_reply,
            value as window_days,
            valid_from,
            valid_to
        from rule_calendar
        where topic = 'rating_window' and unit = 'day' and tier is null and channel is null
    ),

    requests as (
        select
            evaluations.evaluation_id,
            timelines.case_id,
            timelines.region_row,
            timelines.office_id,
            timelines.channel,
            timelines.content_code,
            timelines.tier_received,
            evaluations.target,
            cast(evaluations.asked_at as date) as asked_on,
            cast(evaluations.answered_at as date) as answered_on,
            coalesce(
                cast(timelines.replied_at as date), cast(evaluations.asked_at as date)
            ) as replied_on,
            evaluations.method,
            evaluations.rating,
            evaluations.is_confirmed_solved,
            evaluations.excluded_reason is not null as is_excluded,
            coalesce(senders.has_silent, false) as has_silent,
            cast(evaluations.as_of as date) as seen_until_on
        from evaluations
        left join senders on senders.sender_id = evaluations.sender_id
        inner join case_timelines as timelines on timelines.case_id = evaluations.case_id
    )

select
    requests.evaluation_id,
    requests.case_id,
    requests.region_row,
    requests.office_id,
    requests.channel,
    requests.content_code,
    requests.tier_received,
    requests.target,
    requests.asked_on,
    requests.answered_on,
    requests.method,
    requests.rating,
    requests.is_confirmed_solved,
    requests.is_excluded,
    requests.has_silent,
    coalesce(
        requests.replied_on + from_reply.window_days, requests.asked_on + from_request.window_days
    ) as window_end_on,
    requests.seen_until_on
from requests
left join
    windows as from_reply
    on from_reply.is_from_reply
    and from_reply.valid_from <= requests.replied_on
    and from_reply.valid_to > requests.replied_on
left join
    windows as from_request
    on not from_request.is_from_reply
    and from_request.valid_from <= requests.asked_on
    and from_request.valid_to > requests.asked_on
