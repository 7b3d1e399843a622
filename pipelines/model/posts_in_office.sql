/*---
table: posts_in_office
title: {zh: "领导职务在任区间", en: "Posts in office"}
about:
  zh: 每个领导职务每段任期中有下访数据可言的每个区间一行：任期与其地区的数据覆盖期之交集；区间外有无下访无从得知。只记职务，不记姓名。任期内地区更名、改码、升格的，区间不断开，记其首个代码的最后版本（见post_regions）。
  en: >-
    One row per term in a post and span of days for which visits are reported there: the
    term cut to the coverage of its region, since outside it nobody can say whether there was a
    visit. Posts only, never names. A region that is renamed, recoded or upgraded ends no span, which
    bears the last version of its first code (see post_regions).
grain: term in a post and span covered
key: [leader_post_id, from_on]
columns:
  leader_post_id: {type: text, required: true, zh: "领导职务编号（加密散列；记职务，不记人）", en: "Post of the leader (keyed hash; a post, never a person)"}
  region_row: {type: text, required: true, zh: "任职地区划版本", en: "Version of the region of the post"}
  tier: {type: code, required: true, zh: "职务层级", en: "Tier of the post"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End (exclusive)"}
---*/
with
    pieces as (
        select
            posts.leader_post_id,
            posts.tier,
            posts.term_from_on,
            posts.region_row,
            regions.region_code,
            greatest(posts.from_on, coverage.from_on) as from_on,
            least(posts.until_on, coverage.until_on) as until_on
        from post_regions as posts
        inner join regions on regions.region_row = posts.region_row
        inner join
            coverage
            on coverage.table_name = 'leader_visits'
            and coverage.region_row = posts.region_row
            and coverage.from_on < posts.until_on
            and coverage.until_on > posts.from_on
    ),

    turns as (
        select
            leader_post_id,
            tier,
            term_from_on,
            region_row,
            region_code,
            from_on,
            until_on,
            case
                when
                    lag(until_on) over (partition by leader_post_id, term_from_on order by from_on)
                    >= from_on
                then 0
                else 1
            end as new_span
        from pieces
    ),

    numbered as (
        select
            leader_post_id,
            tier,
            term_from_on,
            region_row,
            region_code,
            from_on,
            until_on,
            sum(new_span) over (
                partition by leader_post_id, term_from_on
                order by from_on
                rows between unbounded preceding and current row
            ) as span_no
        from turns
    ),

    joined as (
        select
            leader_post_id,
            tier,
            region_row,
            min(from_on) over (partition by leader_post_id, term_from_on, span_no) as from_on,
            max(until_on) over (partition by leader_post_id, term_from_on, span_no) as until_on,
            min(from_on) over (
                partition by leader_post_id, term_from_on, span_no, region_code
            ) as code_from_on,
            row_number() over (
                partition by leader_post_id, term_from_on, span_no, region_code
                order by from_on desc
            ) as versions_left
        from numbered
    )

select leader_post_id, region_row, tier, from_on, until_on
from joined
where code_from_on = from_on and versions_left = 1
