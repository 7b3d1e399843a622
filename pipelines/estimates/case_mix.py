"""What the mix of a place's cases leads to expect: indirect standardisation.

Each case is expected to be resolved within 60 days with the share of all cases of its channel,
content class and month of registration, whichever place they are of. Counts of the warehouse are
read for it and none is told: what leaves is one share for each place, rounded.
"""

import duckdb

from pipelines.estimates.endings import IS_ENDED
from pipelines.estimates.series import DECIMALS, Period

FEWEST_ALIKE = 50  # cases that a share is taken from, else that of a wider group is

# The region of a case may be a city itself: it is then in no county.
_PLACE = {
    "county": "if(level = 'county', region_code, null)",
    "city": "if(level = 'city', region_code, city_code)",
}

# Cases that were not watched for 60 days are left out, whichever way they went; a case is of the
# region that it was registered in.
_EXPECTED = """
    with
        cohort as (
            select
                {place} as place, channel, content_code, month(registered_on) as month,
                {is_ended} as is_ended,
                is_ended and outcome = 'resolved' and closed_on - registered_on <= {days} as is_in
            from model.case_timelines
            inner join geo.regions using (region_row)
            where
                registered_on >= ? and registered_on < ?
                and (is_ended or seen_until_on - registered_on >= {days})
        ),
        cells as (
            select place, channel, content_code, month, count(*) as n, count_if(is_in) as events
            from cohort
            group by all
        ),
        alike as (
            select
                place, n,
                sum(n) over same as n_same, sum(events) over same as events_same,
                sum(n) over near as n_near, sum(events) over near as events_near,
                sum(n) over () as n_all, sum(events) over () as events_all
            from cells
            window
                same as (partition by channel, content_code, month),
                near as (partition by channel, content_code)
        )
    select
        place,
        sum(
            n * case
                when n_same >= {fewest} then events_same / n_same
                when n_near >= {fewest} then events_near / n_near
                else events_all / n_all
            end
        ) / sum(n)
    from alike where place is not null group by place order by place
"""


def expected_of_mix(
    con: duckdb.DuckDBPyConnection, level: str, period: Period, days: int
) -> dict[str, float]:
    """The share that the mix of each place leads to expect resolved within so many days.

    Args:
        con: the staging database.
        level: `county` or `city`.
        period: when the cases were registered; all of it more than `days` before the extract.
        days: since registration.

    Returns:
        Shares by region code, of `DECIMALS`; a place without cases is absent.
    """
    sql = _EXPECTED.format(place=_PLACE[level], is_ended=IS_ENDED, days=days, fewest=FEWEST_ALIKE)
    rows = con.execute(sql, [period.start, period.end]).fetchall()
    return {region: round(share, DECIMALS["share"]) for region, share in rows}
