/*---
table: region_successors
title: {zh: "区划的直接后继", en: "Direct successors of a region"}
about:
  zh: 每个已结束的区划版本与其直接后继各一行，包括同一代码的下一版本。只有唯一去向且整体并入的才算精确（is_exact）：更名、改码、升格、整体合并为精确；拆分、析出、划转不精确，其案件不得按猜测分配。
  en: >-
    One row per region version that ended and version that took over from it, the next version of
    its own code included. Exact is only what went as a whole to one place (rename, recode, upgrade,
    merger); after a split, a carve-out or a transfer nothing may be divided by guess.
grain: region version and direct successor
key: [region_row, successor_row]
columns:
  region_row: {type: text, required: true, zh: "原区划版本", en: "Region version that ended"}
  successor_row: {type: text, required: true, zh: "后继区划版本", en: "Version that took over"}
  from_on: {type: date, required: true, zh: "接续日期", en: "First day of the successor"}
  is_exact: {type: boolean, required: true, zh: "是否整体接续", en: "The whole of it went there"}
---*/
with
    moves as (
        select
            ended.region_row,
            heir.region_row as successor_row,
            event.event_on as from_on,
            case when event.old_share = 'part' then 1 else 0 end as is_part
        from region_events as event
        inner join
            regions as ended
            on ended.region_code = event.old_code
            and ended.valid_to = event.event_on
        inner join
            regions as heir
            on heir.region_code = event.new_code
            and heir.valid_from <= event.event_on
            and heir.valid_to > event.event_on
        union all
        -- a code that goes on keeps what no event takes from it
        select
            ended.region_row,
            heir.region_row as successor_row,
            ended.valid_to as from_on,
            0 as is_part
        from regions as ended
        inner join
            regions as heir
            on heir.region_code = ended.region_code
            and heir.valid_from = ended.valid_to
    ),

    links as (
        select region_row, successor_row, from_on, max(is_part) as is_part
        from moves
        group by region_row, successor_row, from_on
    ),

    heirs as (select region_row, count(*) as heir_count from links group by region_row)

select
    links.region_row,
    links.successor_row,
    links.from_on,
    heirs.heir_count = 1 and links.is_part = 0 as is_exact
from links
inner join heirs on heirs.region_row = links.region_row
