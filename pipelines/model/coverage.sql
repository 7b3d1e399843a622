/*---
table: coverage
title: {zh: "数据覆盖", en: "Coverage"}
about:
  zh: 每张表、每个区划版本有数据可言的日期区间，相接者合并；区间内无记录即为零，区间外为未报送。一份文件自其统计期首日（否则机构开始报送日，再否则文件中最早记录日）起，至统计期末与导出日中较早者止，代表其机构所在地区及下级；未列入机构表的报送单位代表全部地区。最低一级地区由离它最近一级的报送机构代表；市与省须其全部下级及本级机构（如有报送）同时有覆盖。曾列为应报而从未报送的机构，其地区在各表均无覆盖。改名、升格的代码视为同一地区。
  en: The spans of days for which a table can say something about a region version, touching spans merged; no record inside a span is a zero, outside it is not reported. A file speaks for its office's region and what lies below, from the start of its period (else the day the office began to report, else its earliest record) to the end of its period or its extract day, whichever is first; a sender without an office row speaks for the whole home. A region of the lowest level is spoken for by the nearest level of senders; a city or province is covered only while all below it are, and its own office too where that one sends the table. An expected office that never sent anything leaves its region uncovered in every table. A code that was renamed or upgraded is the same region.
grain: table, region version and span
key: [table_name, region_row, from_on]
columns:
  table_name: {type: text, required: true, zh: "表名", en: "Table"}
  region_row: {type: text, required: true, zh: "区划版本（代码@生效日）", en: "Region version (code@valid_from)"}
  from_on: {type: date, required: true, zh: "起始日", en: "First day covered"}
  until_on: {type: date, required: true, zh: "截止日（不含）", en: "End (exclusive)"}
---*/
with
    first_records as (
        select 'cases' as table_name, file_id, min(cast(registered_at as date)) as first_on
        from cases
        group by file_id
        union all
        select 'case_events' as table_name, file_id, min(cast(event_at as date)) as first_on
        from case_events
        group by file_id
        union all
        select 'leader_visits' as table_name, file_id, min(visit_on) as first_on
        from leader_visits
        group by file_id
        union all
        select 'visit_announcements' as table_name, file_id, min(announced_on) as first_on
        from visit_announcements
        group by file_id
        union all
        select 'receptions' as table_name, file_id, min(cast(received_at as date)) as first_on
        from receptions
        group by file_id
        union all
        select 'evaluations' as table_name, file_id, min(cast(asked_at as date)) as first_on
        from evaluations
        group by file_id
    ),

    claims as (
        select
            files.table_name,
            files.sender_id,
            coalesce(
                files.period_start,
                offices.reports_from,
                first_records.first_on,
                cast(files.as_of as date)
            ) as from_on,
            least(
                coalesce(files.period_end, date '9999-12-31'), cast(files.as_of as date) + 1
            ) as until_on
        from ops.files as files
        left join offices on offices.office_id = files.sender_id
        left join
            first_records
            on first_records.table_name = files.table_name
            and first_records.file_id = files.file_id
    ),

    senders as (
        select distinct table_name, sender_id from claims
        union
        -- expected and never seen: answers for every table, with no claim to any
        select claims.table_name, senders.sender_id
        from claims
        cross join ops.senders as senders
        where senders.is_expected and senders.as_of is null
    ),

    -- the same region under another code: taken over as a whole, with nothing added
    sole_successors as (
        select successor_row
        from region_successors
        group by successor_row
        having count(*) = 1
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

    parent_codes as (
        select distinct parent_code from regions where parent_code is not null
    ),

    lowest as (
        select regions.*
        from regions
        left join parent_codes on parent_codes.parent_code = regions.region_code
        where parent_codes.parent_code is null
    )
select 1
