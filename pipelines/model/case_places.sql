/*---
table: case_places
title: {zh: "办理涉及的地方", en: "Places that handled a submission"}
about:
  zh: 统计范围内每件一行：登记后90日内所经机构（登记机构及转入机构）在问题属地以外还涉及多少个县（市、区），共涉及多少个乡镇（街道）。只看县级及以下的机构，上级机构参与不算跨界；县改名、改区、拆并前后不算两地；属地不到县的，无从判断，为空；乡镇不在区划表中，以不同的乡镇（街道）机构认定；机构表没有的机构不计。
  en: >-
    One row per submission in scope: in how many counties beside that of its own place, and in how
    many townships, lie the offices that it passed in the first 90 days, the registering one
    included. Only offices of the county and below count, so that taking part from above crosses
    nothing; a county and what it was renamed, divided or merged into are not two places. Where its
    own place is not known to the county nobody can say. Townships are told apart by their offices,
    since the list of regions ends with the county; offices that are not on the list do not count.
grain: submission in scope
counts: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  registered_on: {type: date, required: true, zh: "登记日期", en: "Day of registration"}
  other_counties: {type: integer, zh: "属地以外涉及的县（市、区）数（空为无从判断）", en: "Counties beside its own (empty: not known)"}
  townships: {type: integer, required: true, zh: "涉及的乡镇（街道）数", en: "Townships"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    touches as (
        select case_id, region_row, office_id, registered_on as touched_on
        from case_timelines
        union all
        select case_id, region_row, to_office_id as office_id, handed_on as touched_on
        from case_handoffs
        where date_diff('day', registered_on, handed_on) <= 90
    ),

    places as (
        select
            touches.case_id,
            touches.region_row,
            region.region_row as other_row,
            case when offices.level = 'township' then offices.office_id end as township
        from touches
        inner join
            offices
            on offices.office_id = touches.office_id
            and offices.level in ('county', 'township', 'village')
        left join
            region_validity as validity
            on validity.region_code = offices.region_code
            and validity.from_on <= touches.touched_on
            and validity.until_on > touches.touched_on
        left join
            regions as region
            on region.region_row = validity.region_row
            and region.region_row <> touches.region_row
            and region.level = 'county'
    ),

    counted as (
        select
            places.case_id,
            count(distinct places.other_row) filter (
                where before.region_row is null and after.region_row is null
            ) as other_counties,
            count(distinct places.township) as townships
        from places
        left join
            region_successors as before
            on before.region_row = places.region_row
            and before.successor_row = places.other_row
        left join
            region_successors as after
            on after.region_row = places.other_row
            and after.successor_row = places.region_row
        group by places.case_id
    )

select
    timelines.case_id,
    timelines.region_row,
    timelines.office_id,
    timelines.content_code,
    timelines.registered_on,
    case
        when own.level = 'county' then cast(coalesce(counted.other_counties, 0) as integer)
    end as other_counties,
    cast(coalesce(counted.townships, 0) as integer) as townships,
    timelines.seen_until_on
from case_timelines as timelines
left join regions as own on own.region_row = timelines.region_row
left join counted on counted.case_id = timelines.case_id
