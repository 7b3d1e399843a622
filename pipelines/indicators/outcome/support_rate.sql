/*---
title: {zh: "诉求支持率", en: "Claims supported"}
question: {zh: "答复了的信访，有多大比例得到支持或部分支持？", en: "Of the submissions that were replied to, what share was supported, wholly or in part?"}
kind: share
unit: share
numerator: {zh: "首次答复的处理意见为支持或部分支持的信访件", en: "Submissions whose first reply supports the claim, wholly or in part"}
denominator: {zh: "首次答复载有处理意见（支持、部分支持、解释、不予支持）的信访件", en: "Submissions whose first reply states an opinion: support, partial, explain or not support"}
exclusions: {zh: "答复写明无需处理意见或依法导入其他程序者；未注明意见的答复（另标e）；其后的重办、复查不改变首次答复", en: "Replies that state that none is needed, or redirect to another procedure; replies without an opinion (marked e); what is redone or reviewed later does not change the first reply"}
better: neither
by: [content_code, handling_office]
finest: {county: quarter, breakdown: year}
measures:
  rate: {zh: "诉求支持率", en: "Share supported"}
clock: {zh: "首次答复日期（机构从不导出答复的，取办结日期）", en: "Day of the first reply (of the closing, where an office exports no replies)"}
cell: S
since: 2003-01-01
source: {zh: "信访件登记、办理步骤", en: "Case register and step log"}
caveats: [claims_differ_in_merit, steps_not_exported_are_unknown]
not_for: {zh: "评价机构：诉求是否有理，各地各类不同", en: "Judging offices: claims differ in merit between places and classes"}
checked_by: [worked_example, reference_program, recount]
reviewed: 2026-11-28
next_review: 2027-11-28
changes:
  - {date: 2026-11-28, zh: "首次定义", en: "First definition"}
  - {date: 2026-11-29, zh: "增加按承办机构（每年）", en: "By handling office, too, by year"}
---*/
select
    replies.region_row,
    replies.office_id,
    replies.seen_until_on,
    replies.replied_on as on_date,
    case
        when replies.opinion in ('support', 'partial')
        then 1
        when replies.opinion in ('explain', 'not_support')
        then 0
    end as numerator,
    1 as denominator,
    replies.content_code,
    coalesce(case_offices.handling_office, replies.office_id) as handling_office
from case_replies as replies
left join case_offices on case_offices.case_id = replies.case_id
where
    replies.opinion is null
    or replies.opinion in ('support', 'partial', 'explain', 'not_support', 'unknown')
