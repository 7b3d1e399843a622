/*---
title: {zh: "跨县占比", en: "Across counties"}
question: {zh: "有多大比例的信访件，除属地外还要别的县（市、区）参与办理？", en: "What share of submissions is handled by offices of other counties beside that of its place?"}
kind: share
unit: share
numerator: {zh: "登记后90日内，经过属地以外县（市、区）的机构（县级及以下）的信访件", en: "Submissions that passed an office of the county or below in another county than their own within 90 days of registration"}
denominator: {zh: "登记后已满90日、属地精确到县的信访件", en: "Submissions whose first 90 days are over and whose place is known to the county"}
exclusions: {zh: "未满90日者；属地只到市或省者（另标e）；上级机构的参与；县改名、改区、拆并前后的同一地", en: "Those registered less than 90 days ago; places known only to the city or province (marked e); taking part from above; a county and what it was renamed, divided or merged into"}
better: neither
by: [content_code]
finest: {county: year, city: year}
measures:
  rate: {zh: "跨县占比", en: "Share across counties"}
clock: {zh: "登记日期", en: "Day of registration"}
cell: S
follow_up_days: 90
since: 2003-01-01
source: {zh: "信访件登记、办理步骤、机构、区划", en: "Case register, step log, offices and regions"}
caveats: [places_known_from_the_list]
not_for: {zh: "评价地区：跨界取决于纠纷的性质", en: "Judging regions: what crosses a boundary hangs on the dispute"}
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
    case when other_counties > 0 then 1 when other_counties = 0 then 0 end as numerator,
    1 as denominator,
    content_code
from case_places
