/*---
title: {zh: "哨点转办时长", en: "Time to pass on a sentinel's report"}
question: {zh: "哨点上报后多少分钟转办？", en: "How many minutes pass from a sentinel's report to its transfer?"}
kind: quantile
unit: minute
numerator: {zh: "从上报到转办的分钟数（按时钟，含夜间与节假日），取中位数与九成分位数", en: "Minutes from report to transfer by the clock, nights and holidays included: median and ninth decile"}
exclusions: {zh: "尚未转办的上报；时间只精确到日或月者；长于一周者以一周计", en: "Reports not passed on; times known only to the day or month; what takes over a week counts as a week"}
better: lower
by: [sentinel_level, day_kind]
finest: {county: year, city: year, province: quarter}
measures:
  p50: {zh: "中位数", en: "Median"}
  p90: {zh: "九成转办所需分钟数", en: "Minutes until nine in ten are passed on"}
  within_1440: {unit: share, zh: "已转办者中24小时内转办的比例", en: "Of those passed on, share within 24 hours"}
clock: {zh: "上报日期", en: "Day of the report"}
cell: N30
max_days: 10080
since: 2003-01-01
source: {zh: "民情暖哨上报", en: "Sentinel reports"}
caveats: [passed_on_only, clock_hours]
not_for: {zh: "不结合转办率单独使用；比较值守安排不同的地方", en: "Use without the share passed on; comparing places whose duty hours differ"}
checked_by: [worked_example, reference_program, printed_figures, recount]
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
    minutes as amount,
    sentinel_level,
    day_kind
from sentinel_dispatches
where minutes is not null
