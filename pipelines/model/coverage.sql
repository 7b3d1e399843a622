/*---
table: coverage
title: {zh: "数据覆盖", en: "Coverage"}
about:
  zh: 每张表、每个区划版本有数据可言的日期区间，相接者合并；区间内无记录即为零，区间外为未报送。一份文件自其统计期首日（否则机构开始报送日，再否则文件中最早记录日，记录不带日期的表则为该单位各文件中最早记录日）起，至统计期末与导出日中较早者止，代表其机构所在地区及下级；未列入机构表的报送单位代表全部地区。最低一级地区由离它最近一级的报送机构代表；稳定单元、市与省须其全部下级及本级机构（如有报送）同时有覆盖。曾列为应报而从未报送的机构，其地区在各表均无覆盖。改名、升格的代码视为同一地区。
  en: >-
    The spans of days for which a table can say something about a region version, touching spans
    merged; no record inside a span is a zero, outside it is not reported. A file speaks for its
    office's region and what lies below, from the start of its period (else the day the office began
    to report, else its earliest record, or for records without a day the earliest of any that its
    sender sent) to the end of its period or its extract day, whichever is
    first; a sender without an office row speaks for the whole home. A region of the lowest level is
    spoken for by the nearest level of senders; a stable unit, city or province is covered only
    while all below it are, and its own office too where that one sends the table. An expected
    office that never sent anything leaves its region uncovered in every table. A code that was
    renamed or upgraded is the same region.
grain: table, region version and span
key: [table_name, region_row, from_on]
columns:
  table_name: {type: text, required: true, zh: "表名", en: "Table"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day covered"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End (exclusive)"}
---*/
with
    first_of_senders as (
        select files.sender_id, min(first_records.first_on) as first_on
        from ops.files as files
        inner join ops.first_records as first_records on first_records.file_id = files.file_id
        group by files.sender_id
    ),

    claims as (
        select
            files.table_name,
            files.sender_id,
            coalesce(
                files.period_start,
                offices.reports_from,
                first_records.first_on,
                first_of_senders.first_on,
                cast(files.as_of as date)
            ) as from_on,
            least(
                coalesce(files.period_end, date '9999-12-31'), cast(files.as_of as date) + 1
            ) as until_on
        from ops.files as files
        left join offices on offices.office_id = files.sender_id
        left join
            ops.first_records as first_records
            on first_records.table_name = files.table_name
            and first_records.file_id = files.file_id
        left join first_of_senders on first_of_senders.sender_id = files.sender_id
    ),

    senders as (
        select distinct table_name, sender_id
        from claims
        union
        -- expected and never seen: answers for every table, with no claim to any
        select claims.table_name, senders.sender_id
        from claims
        cross join ops.senders as senders
        where senders.is_expected and senders.as_of is null
    ),

    -- the same region under another code: taken over as a whole, with nothing added
    sole_successors as (
        select successor_row from region_successors group by successor_row having count(*) = 1
    ),

    renames as (
        select old.region_code as old_code, heir.region_code as new_code
        from region_successors as link
        inner join sole_successors on sole_successors.successor_row = link.successor_row
        inner join regions as old on old.region_row = link.region_row
        inner join regions as heir on heir.region_row = link.successor_row
        where link.is_exact and old.region_code <> heir.region_code
    ),

    office_codes as (
        select office_id, region_code
        from offices
        where region_code is not null
        union
        select offices.office_id, renames.new_code as region_code
        from offices
        inner join renames on renames.old_code = offices.region_code
        union
        select offices.office_id, renames.old_code as region_code
        from offices
        inner join renames on renames.new_code = offices.region_code
    ),

    parent_codes as (select distinct parent_code from regions where parent_code is not null),

    lowest as (
        select
            regions.region_row,
            regions.region_code,
            regions.stable_unit,
            regions.city_code,
            regions.province_code,
            regions.valid_from,
            regions.valid_to
        from regions
        left join parent_codes on parent_codes.parent_code = regions.region_code
        where parent_codes.parent_code is null and regions.level <> 'unit'
    ),

    -- who could speak for a region of the lowest level, and from how near
    candidates as (
        select
            senders.table_name,
            senders.sender_id,
            lowest.region_row,
            max(
                case
                    when office_codes.region_code is null
                    then 0
                    when office_codes.region_code = lowest.region_code
                    then 3
                    when office_codes.region_code = lowest.city_code
                    then 2
                    else 1
                end
            ) as nearness
        from senders
        left join office_codes on office_codes.office_id = senders.sender_id
        inner join
            lowest
            on office_codes.region_code is null
            or office_codes.region_code = lowest.region_code
            or office_codes.region_code = lowest.city_code
            or office_codes.region_code = lowest.province_code
        group by senders.table_name, senders.sender_id, lowest.region_row
    ),

    nearest as (
        select table_name, region_row, max(nearness) as nearness
        from candidates
        group by table_name, region_row
    ),

    -- who speaks for which region: the nearest for the lowest, its own office for those above
    speakers as (
        select candidates.table_name, candidates.sender_id, candidates.region_row
        from candidates
        inner join
            nearest
            on nearest.table_name = candidates.table_name
            and nearest.region_row = candidates.region_row
            and nearest.nearness = candidates.nearness
        union
        select senders.table_name, senders.sender_id, regions.region_row
        from senders
        inner join office_codes on office_codes.office_id = senders.sender_id
        inner join regions on regions.region_code = office_codes.region_code
    ),

    -- +1 where a claim begins, -1 where it ends: the running sum is how many hold that day
    claim_steps as (
        select speakers.table_name, speakers.region_row, claims.from_on as on_date, 1 as step
        from speakers
        inner join
            claims
            on claims.table_name = speakers.table_name
            and claims.sender_id = speakers.sender_id
            and claims.from_on < claims.until_on
        union all
        select speakers.table_name, speakers.region_row, claims.until_on as on_date, -1 as step
        from speakers
        inner join
            claims
            on claims.table_name = speakers.table_name
            and claims.sender_id = speakers.sender_id
            and claims.from_on < claims.until_on
    ),

    claim_days as (
        select table_name, region_row, on_date, sum(step) as step
        from claim_steps
        group by table_name, region_row, on_date
    ),

    claim_depths as (
        select
            table_name,
            region_row,
            on_date,
            sum(step) over (
                partition by table_name, region_row
                order by on_date
                rows between unbounded preceding and current row
            ) as depth
        from claim_days
    ),

    claim_turns as (
        select
            table_name,
            region_row,
            on_date,
            depth,
            lag(depth) over (partition by table_name, region_row order by on_date) as depth_before
        from claim_depths
    ),

    claim_edges as (
        select
            table_name,
            region_row,
            on_date as from_on,
            depth,
            lead(on_date) over (partition by table_name, region_row order by on_date) as until_on
        from claim_turns
        where depth = 0 or coalesce(depth_before, 0) = 0
    ),

    spoken as (select table_name, region_row, from_on, until_on from claim_edges where depth > 0),

    -- what a region needs to be covered, and when: itself, or all below it and its own office
    parts as (
        select
            table_name,
            region_row,
            region_row as part_row,
            valid_from as from_on,
            valid_to as until_on
        from lowest
        cross join (select distinct table_name from senders) as reported
        union all
        select
            reported.table_name,
            upper_region.region_row,
            lowest.region_row as part_row,
            greatest(upper_region.valid_from, lowest.valid_from) as from_on,
            least(upper_region.valid_to, lowest.valid_to) as until_on
        from regions as upper_region
        inner join
            lowest
            on lowest.region_row <> upper_region.region_row
            and (
                (upper_region.level = 'unit' and lowest.stable_unit = upper_region.region_code)
                or (upper_region.level = 'city' and lowest.city_code = upper_region.region_code)
                or (
                    upper_region.level = 'province'
                    and lowest.province_code = upper_region.region_code
                )
            )
        cross join (select distinct table_name from senders) as reported
        union all
        select distinct
            speakers.table_name,
            upper_region.region_row,
            upper_region.region_row as part_row,
            upper_region.valid_from as from_on,
            upper_region.valid_to as until_on
        from speakers
        inner join regions as upper_region on upper_region.region_row = speakers.region_row
        inner join parent_codes on parent_codes.parent_code = upper_region.region_code
    ),

    part_steps as (
        select table_name, region_row, from_on as on_date, 1 as needed, 0 as covered
        from parts
        where from_on < until_on
        union all
        select table_name, region_row, until_on as on_date, -1 as needed, 0 as covered
        from parts
        where from_on < until_on
        union all
        select
            parts.table_name,
            parts.region_row,
            greatest(parts.from_on, spoken.from_on) as on_date,
            0 as needed,
            1 as covered
        from parts
        inner join
            spoken
            on spoken.table_name = parts.table_name
            and spoken.region_row = parts.part_row
            and spoken.from_on < parts.until_on
            and spoken.until_on > parts.from_on
        union all
        select
            parts.table_name,
            parts.region_row,
            least(parts.until_on, spoken.until_on) as on_date,
            0 as needed,
            -1 as covered
        from parts
        inner join
            spoken
            on spoken.table_name = parts.table_name
            and spoken.region_row = parts.part_row
            and spoken.from_on < parts.until_on
            and spoken.until_on > parts.from_on
    ),

    part_days as (
        select table_name, region_row, on_date, sum(needed) as needed, sum(covered) as covered
        from part_steps
        group by table_name, region_row, on_date
    ),

    part_depths as (
        select
            table_name,
            region_row,
            on_date,
            sum(needed) over (
                partition by table_name, region_row
                order by on_date
                rows between unbounded preceding and current row
            ) as needed,
            sum(covered) over (
                partition by table_name, region_row
                order by on_date
                rows between unbounded preceding and current row
            ) as covered
        from part_days
    ),

    judged as (
        select
            table_name,
            region_row,
            on_date,
            case when needed > 0 and covered = needed then 1 else 0 end as is_full
        from part_depths
    ),

    turns as (
        select
            table_name,
            region_row,
            on_date,
            is_full,
            lag(is_full) over (partition by table_name, region_row order by on_date) as was_full
        from judged
    ),

    edges as (
        select
            table_name,
            region_row,
            on_date as from_on,
            is_full,
            lead(on_date) over (partition by table_name, region_row order by on_date) as until_on
        from turns
        where is_full <> coalesce(was_full, 0)
    )

select table_name, region_row, from_on, until_on
from edges
where is_full = 1
