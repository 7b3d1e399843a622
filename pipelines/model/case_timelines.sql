/*---
table: case_timelines
title: {zh: "信访件时间线", en: "Case timelines"}
about:
  zh: 每件统计范围内的信访件一行，记其登记、受理、答复与首次办结。办结取任何结果的首次：办结为resolved（机构所称办结；若该机构的导出含答复步骤，无答复的办结不计答复时间），不予受理为not_accepted，撤回为withdrawn，终结为terminated；来源文件指定了办结步骤的，从其指定；并案、意见为依法导入的办结、以及转往机构表以外的机构后未经答复的办结为transferred_out；转送、交办本身不是办结；办结后重启、重办不改变首次办结。同一时刻有多种结果时，取更具体者而非办结。由未结清单推断的办结只知在closed_after_at与closed_at之间，办结时间取其上界：时长因而偏长至多一个清单间隔，期间的未结数偏高，仅在清单之日为准确值；区间删失的方法应取两界。期限：来源系统给出的优先；否则按规则计算（见case_limits）。因精度较粗而看似早于登记的受理、答复、办结，以登记日计。地区按登记日判定，无地区者归登记机构所在地区，再无则归最高一级地区。
  en: >-
    One row per submission in scope, with its registration, acceptance, reply and first closing. The
    first closing of any outcome counts: a close is resolved (the office's own word; where an
    office's exports carry replies, a close without one has no reply time), a refusal not_accepted,
    a withdrawal withdrawn, a termination terminated, a merger, a close whose opinion is redirected,
    or a close without a reply after a transfer to an office that the list of offices does not have,
    transferred_out; transfer and assign by themselves close nothing, and what is reopened or redone
    keeps its first closing. Where the mapping says which steps close, that decides. Of several
    outcomes at one instant the more specific one counts, not the close. A closing told from lists
    of what is open is known to lie between closed_after_at and closed_at; its time is the upper
    bound: durations are too long by at most one interval, stocks too high inside it and exact on
    the days of the lists. Methods for interval-censored times take both bounds. Time limit: the
    source system's own where it is given, else by the rules (see case_limits). What seems to come
    before the registration only because its precision is coarse is taken at its day. The region is
    that of the day of registration; a submission without one takes its office's region, else the
    top region.
grain: submission in scope
counts: submission
key: [case_id]
columns:
  case_id: {type: text, required: true, zh: "信访件编号（加密散列）", en: "Submission number (keyed hash)"}
  matter_key: {type: text, required: true, zh: "信访事项键（加密散列；无事项编号时自成一事项）", en: "Matter key (keyed hash; a submission without one is its own matter)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, required: true, zh: "登记机构代码", en: "Registering office"}
  channel: {type: code, zh: "信访形式", en: "Channel"}
  purpose: {type: code, zh: "信访目的", en: "Purpose"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  tier_received: {type: code, zh: "接收层级", en: "Tier that received it"}
  persons: {type: integer, unit: 人次, zh: "涉及人次（来信未填为1）", en: "Persons in the submission (1 for a letter that does not say)"}
  is_first: {type: boolean, zh: "是否初次信访", en: "First submission of the matter"}
  registered_at: {type: timestamp, required: true, zh: "登记时间", en: "Time of registration"}
  registered_on: {type: date, required: true, zh: "登记日期", en: "Day of registration"}
  accepted_at: {type: timestamp, zh: "首次受理时间", en: "First acceptance"}
  accepted_on: {type: date, zh: "首次受理日期", en: "Day of the first acceptance"}
  accept_due_on: {type: date, zh: "受理期限（其机构从不导出受理与不予受理步骤的为空）", en: "Limit of the decision to accept or refuse (empty where an office exports neither step)"}
  decided_on: {type: date, zh: "受理或不予受理的决定日期", en: "Day of the decision to accept or refuse"}
  told_on: {type: date, zh: "首次告知决定之日", en: "Day on which the petitioner was first told of the decision"}
  has_notices: {type: boolean, zh: "其机构是否导出告知步骤", en: "Its office exports steps of telling"}
  replied_at: {type: timestamp, zh: "首次答复时间（机构从不导出答复步骤的，以办结代之）", en: "First reply (the close, where an office exports no replies)"}
  replied_on: {type: date, zh: "首次答复日期", en: "Day of the first reply"}
  replied_precision: {type: code, zh: "答复时间精度", en: "Precision of replied_at", codes: [second, minute, day, month]}
  closed_at: {type: timestamp, zh: "首次办结时间（任何结果）", en: "First closing of any outcome"}
  closed_on: {type: date, zh: "首次办结日期", en: "Day of the first closing"}
  closed_after_at: {type: timestamp, zh: "办结晚于此刻（只知区间时的下界）", en: "The closing came after this instant, where only an interval is known"}
  outcome: {type: code, zh: "首次办结的结果（空为未结）", en: "Outcome of the first closing (empty = open)", codes: [resolved, not_accepted, withdrawn, transferred_out, terminated]}
  due_at: {type: timestamp, zh: "办理期限", en: "Time limit for the reply"}
  due_on: {type: date, zh: "办理期限日", en: "Day of the time limit"}
  due_precision: {type: code, zh: "期限精度", en: "Precision of due_at", codes: [second, minute, day, month]}
  due_source: {type: code, zh: "期限来源", en: "Where the time limit comes from", codes: [exported, rule]}
  extended_on: {type: date, zh: "首次延期日期", en: "Day of the first extension"}
  has_extensions: {type: boolean, zh: "其机构是否导出延期步骤", en: "Its office exports extensions"}
  extension_days: {type: integer, unit: 天, required: true, zh: "计入期限的延期天数", en: "Days of extension that the limit was moved by"}
  visit_id: {type: text, zh: "下访活动编号（加密散列）", en: "Leader visit (keyed hash)"}
  seen_until_on: {type: date, required: true, zh: "该件的变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
rules:
  - {id: M01, severity: block, scope: total, code: E_CONSISTENCY, query: "select 1 as unequal where (select count(*) from case_timelines) <> (select count(*) from cases where scope_flag is null or scope_flag in ('in_scope', 'unknown'))", zh: "统计范围内的信访件各有且仅有一条时间线", en: "Every submission in scope has one timeline and only one"}
---*/
with
    -- with no list of offices nobody can say which office lies outside
    listed as (select count(*) as office_count from offices),

    steps as (
        select
            case_events.case_id,
            case_events.event_type,
            case_events.event_at,
            case_events.at_precision,
            case_events.opinion,
            case_events.event_after_at,
            coalesce(case_events.is_closing, true) as is_closing,
            -- whatever closes and is no outcome by its type is filed as a close is
            coalesce(case_events.is_closing, case_events.event_type = 'close')
            and case_events.event_type
            not in ('refuse', 'withdraw', 'terminate', 'merge') as is_filing,
            case_events.to_office_id is not null
            and receiver.office_id is null
            and listed.office_count > 0 as is_outside
        from case_events
        cross join listed
        left join offices as receiver on receiver.office_id = case_events.to_office_id
        where
            case_events.event_type
            in ('refuse', 'reply', 'withdraw', 'terminate', 'transfer', 'merge', 'close')
            or case_events.is_closing
    ),

    first_steps as (
        select
            case_id,
            min(event_at) filter (where event_type = 'refuse' and is_closing) as refused_at,
            min(event_at) filter (where event_type = 'reply') as replied_at,
            min(event_at) filter (where event_type = 'withdraw' and is_closing) as withdrawn_at,
            min(event_at) filter (where event_type = 'terminate' and is_closing) as terminated_at,
            min(event_at) filter (where event_type = 'merge' and is_closing) as merged_at,
            min(event_at) filter (where is_filing and opinion = 'redirected') as redirected_at,
            min(event_at) filter (where event_type = 'transfer' and is_outside) as sent_out_at,
            min(event_at) filter (where is_filing) as filed_at,
            min(event_at) filter (where is_filing and event_after_at is null) as dated_filed_at,
            min(event_after_at) filter (where is_filing) as filed_after_at,
            max(
                case
                    at_precision when 'month' then 4 when 'day' then 3 when 'minute' then 2 else 1
                end
            ) filter (where event_type = 'reply') as reply_grain,
            max(
                case
                    at_precision when 'month' then 4 when 'day' then 3 when 'minute' then 2 else 1
                end
            ) filter (where is_filing) as filed_grain
        from steps
        group by case_id
    ),

    replying_senders as (select distinct sender_id from case_events where event_type = 'reply'),

    step_logs as (
        select sender_id, max(as_of) as as_of
        from ops.files
        where
            table_name = 'case_events'
            and (
                shape = 'snapshot'
                or file_id not in (select file_id from ops.files where table_name = 'cases')
            )
        group by sender_id
    ),

    submissions as (
        select
            cases.case_id,
            coalesce(cases.matter_key, cases.case_id) as matter_key,
            coalesce(cases.region_code, office.region_code, sender.region_code) as region_code,
            cases.office_id,
            cases.channel,
            cases.purpose,
            cases.content_code,
            cases.tier_received,
            coalesce(cases.persons, case when cases.channel = 'letter' then 1 end) as persons,
            cases.is_first,
            cases.registered_at,
            cast(cases.registered_at as date) as registered_on,
            cases.due_at,
            cases.due_precision,
            cases.visit_id,
            cast(coalesce(step_logs.as_of, cases.as_of) as date) as seen_until_on,
            replying_senders.sender_id is not null as exports_replies
        from cases
        left join offices as office on office.office_id = cases.office_id
        left join offices as sender on sender.office_id = cases.sender_id
        left join step_logs on step_logs.sender_id = cases.sender_id
        left join replying_senders on replying_senders.sender_id = cases.sender_id
        where cases.scope_flag is null or cases.scope_flag in ('in_scope', 'unknown')
    ),

    closings as (
        select
            case_id,
            replied_at,
            reply_grain,
            filed_at,
            filed_grain,
            refused_at,
            withdrawn_at,
            terminated_at,
            least(
                merged_at,
                redirected_at,
                case
                    when sent_out_at <= filed_at and coalesce(replied_at > filed_at, true)
                    then filed_at
                end
            ) as transferred_at,
            least(refused_at, withdrawn_at, terminated_at, merged_at, filed_at) as closed_at,
            case
                when dated_filed_at is null or filed_at < dated_filed_at then filed_after_at
            end as filed_after_at
        from first_steps
    ),

    timelines as (
        select
            submissions.case_id,
            submissions.matter_key,
            coalesce(region.region_row, run_facts.top_region_row) as region_row,
            submissions.office_id,
            submissions.channel,
            submissions.purpose,
            submissions.content_code,
            submissions.tier_received,
            submissions.persons,
            submissions.is_first,
            submissions.registered_at,
            submissions.registered_on,
            limits.accepted_at,
            limits.accepted_on,
            limits.accept_due_on,
            limits.decided_on,
            limits.told_on,
            limits.has_notices,
            case
                when submissions.exports_replies then closings.replied_at else closings.filed_at
            end as replied_at,
            case
                when submissions.exports_replies then closings.reply_grain else closings.filed_grain
            end as reply_grain,
            closings.closed_at,
            case
                when closings.closed_at = closings.filed_at then closings.filed_after_at
            end as closed_after_at,
            case
                when closings.closed_at is null
                then null
                when closings.closed_at = closings.refused_at
                then 'not_accepted'
                when closings.closed_at = closings.withdrawn_at
                then 'withdrawn'
                when closings.closed_at = closings.terminated_at
                then 'terminated'
                when closings.closed_at = closings.transferred_at
                then 'transferred_out'
                else 'resolved'
            end as outcome,
            submissions.due_at as exported_due_at,
            submissions.due_precision as exported_due_precision,
            limits.due_on as rule_due_on,
            limits.extended_on,
            limits.has_extensions,
            limits.extension_days,
            submissions.visit_id,
            submissions.seen_until_on
        from submissions
        cross join ops.run_facts as run_facts
        inner join case_limits as limits on limits.case_id = submissions.case_id
        left join closings on closings.case_id = submissions.case_id
        left join
            region_validity as region
            on region.region_code = submissions.region_code
            and region.from_on <= submissions.registered_on
            and region.until_on > submissions.registered_on
    )

select
    case_id,
    matter_key,
    region_row,
    office_id,
    channel,
    purpose,
    content_code,
    tier_received,
    persons,
    is_first,
    registered_at,
    registered_on,
    accepted_at,
    accepted_on,
    accept_due_on,
    decided_on,
    told_on,
    has_notices,
    replied_at,
    case
        when replied_at is not null then greatest(cast(replied_at as date), registered_on)
    end as replied_on,
    case
        when replied_at is null
        then null
        when reply_grain = 4
        then 'month'
        when reply_grain = 3
        then 'day'
        when reply_grain = 2
        then 'minute'
        else 'second'
    end as replied_precision,
    closed_at,
    case
        when closed_at is not null then greatest(cast(closed_at as date), registered_on)
    end as closed_on,
    closed_after_at,
    outcome,
    coalesce(exported_due_at, cast(rule_due_on as timestamp)) as due_at,
    coalesce(cast(exported_due_at as date), rule_due_on) as due_on,
    case
        when exported_due_at is not null
        then coalesce(exported_due_precision, 'second')
        when rule_due_on is not null
        then 'day'
    end as due_precision,
    case
        when exported_due_at is not null then 'exported' when rule_due_on is not null then 'rule'
    end as due_source,
    extended_on,
    has_extensions,
    extension_days,
    visit_id,
    seen_until_on
from timelines
