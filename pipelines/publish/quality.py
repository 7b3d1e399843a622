"""What a release says about its own data: checks passed, exports received, fate of the records.

Counts of records are counts of submissions, so they obey the same least count as figures do, and
they follow every file that comes in: with one file more, two exact counts would differ by what is
in it. So they are rounded down to whole multiples of the least count, and shares of them to three
decimals. Only this module reads `ops` and `quarantine` on the way to a release, and it takes totals
from them.
"""

import duckdb

from pipelines.validate.families import FAMILIES, Family


def write_quality(con: duckdb.DuckDBPyConnection, least_count: int) -> None:
    """Write the tables of schema `quality` on checks, files, records and hidden cells.

    Call it after `freeze`, whose outcome is what readers see, when the last check has written its
    result, and before the checks are sealed.

    Args:
        con: the staging database.
        least_count: the smallest count other than zero that may be shown (k of the policy).
    """
    con.execute("create schema if not exists quality")
    con.execute(_CHECKS, {"k": least_count})
    con.execute(_FILES)
    con.execute(_RECEIPTS, {"k": least_count})
    con.execute(_SUPPRESSION)
    con.execute(
        _RATES,
        {
            "k": least_count,
            "families": list(Family),
            "codes": list(FAMILIES),
            "of_codes": list(FAMILIES.values()),
        },
    )


def _told(count: str) -> str:
    """SQL: a count as it is published."""
    return f"case when {count} = 0 or {count} >= $k then cast({count} - {count} % $k as bigint) end"


# A check may be written once for each source of a table.
_CHECKS = f"""
create or replace table quality.checks as
with results as (
    select
        check_id,
        coalesce(table_name, '') as table_name,
        min(severity) as severity,
        bool_and(coalesce(passed, false)) as is_passed,
        sum(coalesce(failed_count, 0)) as failed
    from ops.checks
    group by check_id, coalesce(table_name, '')
)
select
    check_id,
    table_name,
    severity,
    is_passed,
    {_told("failed")} as failed_count
from results
"""

_FILES = """
create or replace table quality.files as
select
    sender_id,
    source,
    table_name,
    count(distinct file_id) as file_count,
    min(period_start) as first_period_start,
    max(period_end) as last_period_end,
    max(as_of) as last_as_of
from ops.files
group by sender_id, source, table_name
"""

# A small fate need not take the others with it: rounded, they leave all of 1 to k - 1 for it.
_RECEIPTS = f"""
create or replace table quality.receipts as
with fates as (
    select
        files.source,
        fates.table_name,
        count(distinct fates.file_id) as files,
        sum(fates.records) as records,
        sum(fates.current_count) as kept,
        sum(fates.superseded_count) as superseded,
        sum(fates.duplicate_count) as duplicates,
        sum(fates.quarantined_count) as quarantined
    from quarantine.fates as fates
    join ops.files as files
        on fates.file_id = files.file_id and fates.table_name = files.table_name
    group by files.source, fates.table_name
)
select
    source,
    table_name,
    files as file_count,
    {_told("records")} as record_count,
    {_told("kept")} as current_count,
    {_told("superseded")} as superseded_count,
    {_told("duplicates")} as duplicate_count,
    {_told("quarantined")} as quarantined_count
from fates
"""

_SUPPRESSION = """
create or replace table quality.suppression as
select
    indicator, level, period_kind, by_name,
    count(*) filter (where state not in ('hidden', 'not_available')) as shown,
    count(*) filter (where state = 'hidden') as hidden
from public.indicator_values
group by indicator, level, period_kind, by_name
order by indicator, level, period_kind, by_name
"""

# A single office that is left out of a table and family could be told from the total of a rule.
_RATES = f"""
create or replace table quality.pass_rates as
with senders as (
    select distinct file_id, table_name, sender_id from ops.files
),
received as (
    select sender_id, table_name, sum(records) as records, sum(duplicate_count) as duplicates
    from quarantine.fates join senders using (file_id, table_name)
    group by sender_id, table_name
    having sum(records) > 0
),
families as (
    select unnest($codes) as reason_code, unnest($of_codes) as family
),
broken as (
    select
        sender_id,
        table_name,
        coalesce(families.family, 'validity') as family,
        count(distinct row(file_id, record_no)) as n
    from quarantine.records join senders using (file_id, table_name)
    left join families using (reason_code)
    group by all
),
rated as (
    select
        sender_id,
        table_name,
        family,
        records,
        least(
            records,
            coalesce(n, 0) + case when family = 'uniqueness' then duplicates else 0 end
        ) as failed
    from received
    cross join (select unnest($families) as family)
    left join broken using (sender_id, table_name, family)
),
judged as (
    select
        *,
        failed between 1 and $k - 1 or records - failed between 1 and $k - 1 as is_small
    from rated
),
shown as (
    select
        *,
        failed = 0 or (not is_small and count(*) filter (where is_small) over (
            partition by table_name, family
        ) <> 1) as is_shown
    from judged
)
select
    sender_id,
    table_name,
    family,
    case when is_shown then {_told("failed")} end as failed_count,
    case when is_shown then least(
        round(1 - failed / records, 3), case when failed = 0 then 1 else 0.999 end
    ) end as pass_rate
from shown
"""
