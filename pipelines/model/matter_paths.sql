/*---
table: matter_paths
title: {zh: "事项的层级路径", en: "Paths of matters through the tiers"}
about:
  zh: 统计范围内每个信访事项一行，归其首次提交的地区、机构与分类；任何一次提交到达某一层级（见tier_arrivals），即为该事项到达。化解指附有答复的办结；无答复的办结及不予受理、转出、终结均为以其他方式结束。
  en: >-
    One row per matter of which a submission is in scope, with the region, office and class of its
    first one. A matter reaches a tier when any of its submissions does (see tier_arrivals).
    Resolved is closed with a reply; a closing without one, a refusal, a transfer out and a
    termination end a matter otherwise.
grain: matter
counts: case
key: [matter_key]
columns:
  matter_key: {type: text, required: true, zh: "信访事项键（加密散列）", en: "Matter key (keyed hash)"}
  region_row: {type: text, required: true, zh: "首次提交的区划版本", en: "Region version of the first submission"}
  office_id: {type: text, required: true, zh: "首次登记的机构", en: "Office that registered it first"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  started_on: {type: date, required: true, zh: "首次登记日期", en: "Day of the first registration"}
  tier_first: {type: code, zh: "首次接收层级", en: "Tier that received it first", codes: [province, city, county, township, village]}
  county_on: {type: date, zh: "首次到达县级或以上之日", en: "Day on which it first reached the county or a higher tier"}
  raised_on: {type: date, zh: "首次到达更高层级之日", en: "Day on which it first reached a higher tier than its first"}
  settled_on: {type: date, zh: "首次了结之日", en: "Day on which it was first settled, in whatever way"}
  settled_as: {type: code, zh: "首次了结的方式（空为未了结）", en: "How it was first settled (empty = it stands)", codes: [resolved, withdrawn, ended]}
  terminated_on: {type: date, zh: "终结之日", en: "Day on which it was terminated"}
  raised_settled_on: {type: date, zh: "上行后首次了结之日", en: "Day on which it was first settled once it had gone up"}
  raised_settled_as: {type: code, zh: "上行后首次了结的方式", en: "How it was first settled once it had gone up", codes: [resolved, withdrawn, ended]}
  seen_until_on: {type: date, required: true, zh: "首次提交的变化最晚可见之日", en: "Last day on which exports of the first submission could have shown a change"}
---*/
with
    submissions as (
        select
            case_id,
            matter_key,
            region_row,
            office_id,
            content_code,
            registered_on,
            closed_on,
            case
                when outcome = 'resolved' and replied_at is null then 'ended' else outcome
            end as ended_as,
            seen_until_on,
            row_number() over (
                partition by matter_key order by registered_at, case_id
            ) as submission_no
        from case_timelines
    ),

    starts as (
        select
            submissions.matter_key,
            submissions.region_row,
            submissions.office_id,
            submissions.content_code,
            submissions.registered_on as started_on,
            arrivals.tier as tier_first,
            arrivals.tier_rank as rank_first,
            submissions.seen_until_on
        from submissions
        left join
            tier_arrivals as arrivals
            on arrivals.case_id = submissions.case_id
            and arrivals.handoff_no = 0
        where submissions.submission_no = 1
    ),

    rises as (
        select
            starts.matter_key,
            min(arrivals.arrived_on) filter (where arrivals.tier_rank >= 3) as county_on,
            min(arrivals.arrived_on) filter (
                where arrivals.tier_rank > starts.rank_first
            ) as raised_on
        from starts
        inner join tier_arrivals as arrivals on arrivals.matter_key = starts.matter_key
        group by starts.matter_key
    ),

    closings as (
        select
            submissions.matter_key,
            submissions.ended_as,
            submissions.closed_on,
            case
                when submissions.closed_on >= rises.raised_on then submissions.closed_on
            end as raised_closed_on
        from submissions
        left join rises on rises.matter_key = submissions.matter_key
        where submissions.closed_on is not null
    ),

    ends as (
        select
            matter_key,
            min(closed_on) as settled_on,
            min(closed_on) filter (where ended_as = 'resolved') as resolved_on,
            min(closed_on) filter (where ended_as = 'withdrawn') as withdrawn_on,
            min(closed_on) filter (where ended_as = 'terminated') as terminated_on,
            min(raised_closed_on) as raised_settled_on,
            min(raised_closed_on) filter (where ended_as = 'resolved') as raised_resolved_on,
            min(raised_closed_on) filter (where ended_as = 'withdrawn') as raised_withdrawn_on
        from closings
        group by matter_key
    )

select
    starts.matter_key,
    starts.region_row,
    starts.office_id,
    starts.content_code,
    starts.started_on,
    starts.tier_first,
    rises.county_on,
    rises.raised_on,
    ends.settled_on,
    case
        when ends.settled_on = ends.resolved_on
        then 'resolved'
        when ends.settled_on = ends.withdrawn_on
        then 'withdrawn'
        when ends.settled_on is not null
        then 'ended'
    end as settled_as,
    ends.terminated_on,
    ends.raised_settled_on,
    case
        when ends.raised_settled_on = ends.raised_resolved_on
        then 'resolved'
        when ends.raised_settled_on = ends.raised_withdrawn_on
        then 'withdrawn'
        when ends.raised_settled_on is not null
        then 'ended'
    end as raised_settled_as,
    starts.seen_until_on
from starts
left join rises on rises.matter_key = starts.matter_key
left join ends on ends.matter_key = starts.matter_key
