/*---
table: dispute_paths
title: {zh: "纠纷的层级路径", en: "Paths of disputes through the tiers"}
about:
  zh: 每件纠纷一行：信访事项与调解案件合在一起看，指明同一信访件的调解与该事项为一件，其余调解各为一件。始于最早的调解申请或登记；同日者，因移交上级而成为信访件的调解在先，否则登记在先。达成协议的调解与附答复的办结均为化解；撤回的调解仅在没有信访件时算撤回。移交上级而未关联信访件的调解，去向不明，以其办结日为离开村镇之日。所在层级随登记、转送、交办、改派与调解而变，取了结之日（未了结者取180日）或之前最后一次。
  en: >-
    One row per dispute: matters and mediations together. Mediations that name a submission are one
    dispute with its matter, each of the others is one by itself. A dispute starts with the earliest
    application or registration; of one day the mediation comes first if it was passed upward and so
    became the submission, else the registration. An agreement resolves it as a closing with a reply
    does; a mediation withdrawn counts where there is no submission. Where a mediation was passed
    upward and no submission is named, nobody can see what became of it; it left the village and
    township on the day that it was concluded. The tier at which a dispute is moves with
    registrations, transfers, assignments, reassignments and mediations; the last one until it was
    settled, or until day 180, counts.
grain: dispute
counts: case
key: [dispute_key]
columns:
  dispute_key: {type: text, required: true, zh: "纠纷键（加密散列）", en: "Dispute key (keyed hash)"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  office_id: {type: text, zh: "最先登记或调解的机构", en: "Office that registered or mediated it first"}
  content_code: {type: code, zh: "内容分类", en: "Content class"}
  started_on: {type: date, required: true, zh: "起始日期", en: "Day on which it started"}
  tier_first: {type: code, zh: "起始层级", en: "Tier at which it started", codes: [province, city, county, township, village]}
  county_on: {type: date, zh: "首次到达县级或以上之日（去向不明者为移交之日）", en: "Day on which it reached the county or a higher tier, or was passed upward out of sight"}
  settled_on: {type: date, zh: "首次了结之日", en: "Day on which it was first settled, in whatever way"}
  settled_as: {type: code, zh: "首次了结的方式（空为未了结）", en: "How it was first settled (empty = it stands)", codes: [resolved, withdrawn, ended]}
  tier_last: {type: code, zh: "了结时（未了结者为第180日）所在层级", en: "Tier at which it was settled, or was on day 180", codes: [province, city, county, township, village]}
  seen_until_on: {type: date, required: true, zh: "该件变化最晚可见之日", en: "Last day on which its exports could have shown a change"}
---*/
with
    mediations as (
        select
            mediation_cases.mediation_id,
            coalesce(
                timelines.matter_key, mediation_cases.case_id, mediation_cases.mediation_id
            ) as dispute_key,
            mediation_cases.case_id is not null as has_case,
            coalesce(region.region_row, run_facts.top_region_row) as region_row,
            coalesce(mediation_cases.office_id, mediation_cases.sender_id) as office_id,
            mediation_cases.content_code,
            mediation_cases.applied_on,
            nullif(mediation_cases.tier, 'unknown') as tier,
            mediation_cases.concluded_on,
            mediation_cases.result,
            cast(mediation_cases.as_of as date) as seen_until_on
        from mediation_cases
        cross join ops.run_facts as run_facts
        left join case_timelines as timelines on timelines.case_id = mediation_cases.case_id
        left join offices as office on office.office_id = mediation_cases.office_id
        left join offices as sender on sender.office_id = mediation_cases.sender_id
        left join
            region_validity as region
            on region.region_code
            = coalesce(mediation_cases.region_code, office.region_code, sender.region_code)
            and region.from_on <= mediation_cases.applied_on
            and region.until_on > mediation_cases.applied_on
    ),

    numbered as (
        select
            dispute_key,
            region_row,
            office_id,
            content_code,
            applied_on,
            tier,
            result,
            seen_until_on,
            row_number() over (
                partition by dispute_key order by applied_on, mediation_id
            ) as mediation_no
        from mediations
    ),

    first_mediations as (
        select
            dispute_key,
            region_row,
            office_id,
            content_code,
            applied_on,
            tier,
            result,
            seen_until_on
        from numbered
        where mediation_no = 1
    ),

    -- where a dispute began, and whether a mediation came first
    starts as (
        select
            coalesce(matters.matter_key, mediated.dispute_key) as dispute_key,
            matters.matter_key is null
            or mediated.applied_on < matters.started_on
            or (
                mediated.applied_on = matters.started_on and mediated.result = 'escalated'
            ) as is_mediation_first,
            matters.region_row as matter_region_row,
            matters.office_id as matter_office_id,
            matters.content_code as matter_content_code,
            matters.started_on as registered_on,
            matters.tier_first as matter_tier,
            matters.county_on,
            matters.settled_on,
            matters.settled_as,
            matters.seen_until_on as matter_seen_until_on,
            mediated.region_row,
            mediated.office_id,
            mediated.content_code,
            mediated.applied_on,
            mediated.tier,
            mediated.seen_until_on
        from matter_paths as matters
        full join first_mediations as mediated on mediated.dispute_key = matters.matter_key
    ),

    -- what mediation did to a dispute
    results as (
        select
            dispute_key,
            min(
                case
                    when tier in ('county', 'city', 'province')
                    then applied_on
                    when result = 'escalated' and not has_case
                    then concluded_on
                end
            ) as county_on,
            min(concluded_on) filter (where result = 'agreed') as agreed_on,
            min(concluded_on) filter (where result = 'withdrawn' and not has_case) as withdrawn_on,
            min(concluded_on) filter (
                where
                    not has_case
                    and coalesce(result, 'unknown') not in ('agreed', 'withdrawn', 'escalated')
            ) as ended_on
        from mediations
        group by dispute_key
    ),

    disputes as (
        select
            starts.dispute_key,
            case
                when starts.is_mediation_first then starts.region_row else starts.matter_region_row
            end as region_row,
            case
                when starts.is_mediation_first then starts.office_id else starts.matter_office_id
            end as office_id,
            case
                when starts.is_mediation_first
                then starts.content_code
                else starts.matter_content_code
            end as content_code,
            case
                when starts.is_mediation_first then starts.applied_on else starts.registered_on
            end as started_on,
            case
                when starts.is_mediation_first then starts.tier else starts.matter_tier
            end as tier_first,
            least(starts.county_on, results.county_on) as county_on,
            least(
                starts.settled_on, results.agreed_on, results.withdrawn_on, results.ended_on
            ) as settled_on,
            case
                when starts.settled_as = 'resolved' then starts.settled_on
            end as matter_resolved_on,
            case
                when starts.settled_as = 'withdrawn' then starts.settled_on
            end as matter_withdrawn_on,
            results.agreed_on,
            results.withdrawn_on,
            case
                when starts.is_mediation_first
                then starts.seen_until_on
                else starts.matter_seen_until_on
            end as seen_until_on
        from starts
        left join results on results.dispute_key = starts.dispute_key
    ),

    -- of one day, what was passed upward comes first and other mediations last; of mediations that
    -- are alike, that of the highest tier is the last
    arrivals as (
        select matter_key as dispute_key, arrived_on, tier, tier_rank, handoff_no as step_no
        from tier_arrivals
        union all
        select
            mediations.dispute_key,
            mediations.applied_on as arrived_on,
            mediations.tier,
            ranks.tier_rank,
            case when mediations.result = 'escalated' then -1 else 999999 end as step_no
        from mediations
        inner join tier_ranks as ranks on ranks.tier = mediations.tier
    ),

    stays as (
        select
            disputes.dispute_key,
            arrivals.tier,
            row_number() over (
                partition by disputes.dispute_key
                order by arrivals.arrived_on desc, arrivals.step_no desc, arrivals.tier_rank desc
            ) as last_no
        from disputes
        inner join arrivals on arrivals.dispute_key = disputes.dispute_key
        where
            arrivals.arrived_on
            <= least(disputes.settled_on, cast(disputes.started_on + interval 180 day as date))
    )

select
    disputes.dispute_key,
    disputes.region_row,
    disputes.office_id,
    disputes.content_code,
    disputes.started_on,
    disputes.tier_first,
    disputes.county_on,
    disputes.settled_on,
    case
        when
            disputes.settled_on = disputes.matter_resolved_on
            or disputes.settled_on = disputes.agreed_on
        then 'resolved'
        when
            disputes.settled_on = disputes.matter_withdrawn_on
            or disputes.settled_on = disputes.withdrawn_on
        then 'withdrawn'
        when disputes.settled_on is not null
        then 'ended'
    end as settled_as,
    stays.tier as tier_last,
    disputes.seen_until_on
from disputes
left join stays on stays.dispute_key = disputes.dispute_key and stays.last_no = 1
