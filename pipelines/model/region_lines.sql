/*---
table: region_lines
title: {zh: "区划的存续", en: "Lines of regions"}
about:
  zh: 每个区划版本与它自己及此后存续它的各版本各一行：同一代码的下一版本（领导班子仍在，无论划出多少），或整体并入、更名、改码、升格后的版本（见region_successors）。最多连续八次变更。
  en: >-
    One row per region version and version in which it lives on, itself included: the next version
    of its own code (its leaders stay, however much of it went elsewhere), or the one that took over
    the whole of it (see region_successors). Up to eight changes in a row.
grain: region version and later version
key: [region_row, later_row]
columns:
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  later_row: {type: text, required: true, zh: "其本身或存续它的版本", en: "Itself or the version in which it lives on"}
  from_on: {type: date, required: true, zh: "在后一版本中存续的首日（其本身为0001-01-01）", en: "First day on which it lives on there (0001-01-01 in itself)"}
---*/
with
    one as (
        select region_row, region_row as later_row, date '0001-01-01' as from_on
        from regions
        union all
        select link.region_row, link.successor_row as later_row, link.from_on
        from region_successors as link
        inner join regions as ended on ended.region_row = link.region_row
        inner join regions as heir on heir.region_row = link.successor_row
        where link.is_exact or heir.region_code = ended.region_code
    ),

    two as (
        select distinct
            one.region_row, onward.later_row, greatest(one.from_on, onward.from_on) as from_on
        from one
        inner join one as onward on onward.region_row = one.later_row
    ),

    four as (
        select distinct
            two.region_row, onward.later_row, greatest(two.from_on, onward.from_on) as from_on
        from two
        inner join two as onward on onward.region_row = two.later_row
    )

select distinct four.region_row, onward.later_row, greatest(four.from_on, onward.from_on) as from_on
from four
inner join four as onward on onward.region_row = four.later_row
