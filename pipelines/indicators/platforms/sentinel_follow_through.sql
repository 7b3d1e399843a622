/*---
title: {zh: "哨点上报去向", en: "What became of sentinel reports"}
question: {zh: "哨点上报有多大比例转办、成为信访件、此前反映过？", en: "What share of sentinel reports was passed on, became a submission, had been raised before?"}
kind: share
unit: share
numerator: {zh: "七日内转办的上报；另计成为信访件者、此前反映过者", en: "Reports passed on within seven days; beside them those that became a submission, and those raised before"}
denominator: {zh: "上报的信息", en: "Reports"}
exclusions: {zh: "上报未满七日者；未注明是否反映过者不计入重复率", en: "Reports less than seven days old; for the share raised before, those that do not say"}
better: neither
by: [sentinel_level]
finest: {county: year, city: year, province: quarter}
measures:
  passed_on: {zh: "七日内转办率", en: "Passed on within seven days"}
  became_case: {zh: "转为信访件的比例", en: "Became a submission"}
  raised_before: {zh: "此前反映过的比例", en: "Raised before"}
clock: {zh: "上报日期", en: "Day of the report"}
cell: S
follow_up_days: 7
since: 2003-01-01
source: {zh: "民情暖哨上报", en: "Sentinel reports"}
caveats: [volume_has_no_direction, only_linked_doors_are_seen]
not_for: {zh: "以重复反映评价上报者", en: "Judging those who report by what they raise again"}
checked_by: [worked_example, reference_program, printed_figures]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
---*/
select
    region_row,
    office_id,
    seen_until_on,
    reported_on as on_date,
    'passed_on' as measure,
    case when date_diff('day', reported_on, transferred_on) <= 7 then 1 else 0 end as numerator,
    1 as denominator,
    sentinel_level
from sentinel_dispatches
union all
select
    region_row,
    office_id,
    seen_until_on,
    reported_on as on_date,
    'became_case' as measure,
    case when has_case then 1 else 0 end as numerator,
    1 as denominator,
    sentinel_level
from sentinel_dispatches
union all
select
    region_row,
    office_id,
    seen_until_on,
    reported_on as on_date,
    'raised_before' as measure,
    case is_repeated when true then 1 when false then 0 end as numerator,
    1 as denominator,
    sentinel_level
from sentinel_dispatches
