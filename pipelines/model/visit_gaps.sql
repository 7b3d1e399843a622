/*---
table: visit_gaps
title: {zh: "下访间隔", en: "Gaps between visits"}
about:
  zh: 每个在任领导职务相邻两次到场下访之间的每段间隔一行；任期（或数据）之初至首次、末次至卸任（或数据止日）也各为一段。只知月份或年份的下访可能落在其中的间隔，长短无从得知，不列。
  en: >-
    One row per gap between two visits at which a post was present; from the beginning of the term
    (or of the data) to the first, and from the last to the end of the term (or of the data), are
    gaps too. A gap into which a visit known only to the month or year may fall
    has no known length and is left out.
grain: gap between visits of a post
columns:
  region_row: {type: text, required: true, zh: "任职地区划版本", en: "Version of the region of the post"}
  office_id: {type: text, zh: "恒为空（职务不属于某一机构）", en: "Always empty: a post belongs to no office"}
  tier: {type: code, required: true, zh: "职务层级", en: "Tier of the post"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End (exclusive)"}
  seen_until_on: {type: date, required: true, zh: "数据最晚可见之日", en: "Last day that the data can speak of"}
---*/
with
    attended as (
        select
            visit_leaders.leader_post_id,
            visits.visit_on,
            case
                visits.on_precision
                when 'month'
                then cast(visits.visit_on + interval '1 month' as date)
                when 'year'
                then cast(visits.visit_on + interval '1 year' as date)
            end as vague_until_on
        from visit_leaders
        inner join visits on visits.visit_id = visit_leaders.visit_id
    ),

    marks as (
        select leader_post_id, from_on as span_from_on, from_on as mark_on
        from posts_in_office
        union
        select posts.leader_post_id, posts.from_on as span_from_on, attended.visit_on as mark_on
        from posts_in_office as posts
        inner join
            attended
            on attended.leader_post_id = posts.leader_post_id
            and attended.visit_on >= posts.from_on
            and attended.visit_on < posts.until_on
            and attended.vague_until_on is null
    ),

    gaps as (
        select
            leader_post_id,
            span_from_on,
            mark_on as from_on,
            lead(mark_on) over (
                partition by leader_post_id, span_from_on order by mark_on
            ) as next_on
        from marks
    ),

    ended as (
        select
            posts.leader_post_id,
            posts.region_row,
            posts.tier,
            gaps.from_on,
            coalesce(gaps.next_on, posts.until_on) as until_on,
            cast(posts.until_on - interval '1 day' as date) as seen_until_on
        from gaps
        inner join
            posts_in_office as posts
            on posts.leader_post_id = gaps.leader_post_id
            and posts.from_on = gaps.span_from_on
    )

select
    ended.region_row,
    cast(null as varchar) as office_id,
    ended.tier,
    ended.from_on,
    ended.until_on,
    ended.seen_until_on
from ended
where
    not exists (
        select 1
        from attended as vague
        where
            vague.leader_post_id = ended.leader_post_id
            and vague.visit_on < ended.until_on
            and vague.vague_until_on > ended.from_on
    )
