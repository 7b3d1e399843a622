/*---
title: {zh: "信访件数", en: "Matters"}
question: {zh: "本期新提出了多少件信访事项？", en: "How many matters were brought for the first time in the period?"}
kind: count
unit: case
numerator: {zh: "统计期内首次提出的信访事项；同一事项此后再提不再计", en: "Matters whose first submission was registered in the period; bringing a matter again does not count"}
exclusions: {zh: "测试件、作废件、标为重复登记的件、登记时即依法导入其他程序的件；同日向多个机构提出的副本", en: "Test and void entries, entries marked as duplicates, and entries redirected to another procedure when registered; copies sent to several offices on one day"}
better: neither
by: [channel, content_code, tier_received]
finest: {breakdown: year}
measures:
  matters: {zh: "新提出的事项", en: "Matters brought for the first time"}
clock: {zh: "该事项首次提交的登记日期", en: "Day on which the first submission of the matter was registered"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记", en: "Case register"}
caveats: [volume_has_no_direction, late_registration, matters_without_a_key, matters_older_than_the_data]
not_for: {zh: "评价或排名地区、机构；推断有多少人信访", en: "Rating or ranking regions or offices; inferring how many people petition"}
checked_by: [worked_example, reference_program]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按内容分类、接收层级；分项一律按年", en: "By content class and by tier, too; all breakdowns by year"}
---*/
select
    links.region_row,
    links.office_id,
    links.seen_until_on,
    links.registered_on as on_date,
    1 as numerator,
    links.channel,
    timelines.content_code,
    timelines.tier_received
from matter_links as links
left join case_timelines as timelines on timelines.case_id = links.case_id
where links.previous_on is null and not links.is_copy
