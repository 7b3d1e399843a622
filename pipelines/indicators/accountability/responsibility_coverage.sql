/*---
title: {zh: "责任书覆盖率", en: "Responsibility letters signed"}
question: {zh: "应签信访工作责任书的市、县，有多大比例签了？", en: "What share of the cities and counties signed the responsibility letter of the year?"}
kind: share
unit: share
numerator: {zh: "当年签有责任书的市、县", en: "Cities and counties with a letter for the year"}
denominator: {zh: "全年有效的市、县", en: "Cities and counties that existed throughout the year"}
exclusions: {zh: "年内设立或撤销的市、县；乡镇、村社（没有名录可作分母）；年度末日没有数据的年份", en: "Cities and counties that began or ended in the year; townships and villages (no list to divide by); years whose last day is not covered"}
better: higher
by: [tier]
finest: {county: year, city: year, province: quarter}
measures:
  rate: {zh: "覆盖率", en: "Share signed"}
clock: {zh: "责任年度末日", en: "Last day of the year"}
cell: none
interval: none
follow_up_days: 0
since: 2003-01-01
source: {zh: "信访工作责任书、行政区划", en: "Responsibility letters and regions"}
caveats: [signed_is_not_done]
not_for: {zh: "推断责任落实", en: "Inferring that duties were met"}
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
    year_end_on as on_date,
    'year' as grain,
    case when is_signed then 1 else 0 end as numerator,
    1 as denominator,
    tier
from responsibility_duties
