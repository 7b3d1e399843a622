/*---
title: {zh: "跨乡镇占比", en: "Across townships"}
question: {zh: "乡镇经办的信访件，有多大比例涉及两个以上乡镇？", en: "Of the submissions that a township handles, what share is handled by two or more?"}
kind: share
unit: share
numerator: {zh: "登记后90日内，经过两个以上乡镇（街道）机构的信访件", en: "Submissions that passed two or more township offices within 90 days of registration"}
denominator: {zh: "登记后已满90日、经过至少一个乡镇（街道）机构的信访件", en: "Submissions whose first 90 days are over and that passed a township office at all"}
exclusions: {zh: "未满90日者；没有乡镇机构经办者；机构表没有的机构", en: "Those registered less than 90 days ago; those that no township office handled; offices that are not on the list"}
better: neither
by: []
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "跨乡镇占比", en: "Share across townships"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
follow_up_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、机构", en: "Case register, step log and list of offices"}
caveats: [townships_known_by_their_offices, places_known_from_the_list]
not_for: {zh: "评价乡镇：跨界取决于纠纷的性质", en: "Judging townships: what crosses a boundary hangs on the dispute"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    registered_on as on_date,
    case when townships > 1 then 1 else 0 end as numerator,
    1 as denominator
from case_places
where townships > 0
