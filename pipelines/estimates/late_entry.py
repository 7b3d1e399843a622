"""Times to closing from lists of what is open, which never show a case that ended early.

A case comes under observation on the first list that can hold it: on the lists' first day for what
was older, on the next list for what was registered since. Only cases of offices that send such
lists are in it; a home without them has no row. The gate's rules for curves apply; as the stretch
of days grows with each extract, no count is printed: two of them would tell what came between.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import numpy as np

from pipelines.estimates.endings import HORIZON, IS_ENDED, WITHIN
from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Row
from pipelines.methods.delayed_entry import truncated_curve
from pipelines.methods.estimates import Method
from pipelines.privacy.policy import Policy

METHOD, INDICATOR = Method.DELAYED_ENTRY, "resolution_time_median"
LONGEST = 730
CONF_LEVEL = 0.95

_LISTS = """
    create or replace temp table open_lists as
    select distinct sender_id, cast(as_of as date) as list_on
    from ops.files where table_name = 'cases' and shape = 'snapshot'
"""
_WATCHED = """
    with
        entered as (
            select
                timelines.registered_on, closed_on, seen_until_on, outcome,
                min(list_on) as list_on
            from model.case_timelines as timelines
            inner join model.cases as cases using (case_id)
            inner join open_lists
                on open_lists.sender_id = cases.sender_id
                and list_on >= timelines.registered_on
            group by timelines.case_id, timelines.registered_on, closed_on, seen_until_on, outcome
        ),
        timed as (
            select
                list_on - registered_on as entry,
                {is_ended} as is_ended,
                case when is_ended then closed_on else seen_until_on end - registered_on as lasted
            from entered
        )
    select
        cast(entry as bigint) as entry,
        cast(least(lasted, {longest}) as bigint) as days,
        is_ended and lasted < {longest} as is_event,
        cast(count(*) as bigint) as cases
    from timed where lasted > entry and entry < {longest}
    group by all order by all
"""


def late_entries(con: duckdb.DuckDBPyConnection, as_of: date, policy: Policy) -> Iterator[Row]:
    """`within_60` of the cases on lists of what is open, from the first list on.

    The value is the share closed within 60 days, of those still open after their first day, with
    late entry allowed for; `expected` is what comes out when it is not, and every case counts as
    watched from its first day.
    """
    con.execute(_LISTS)
    [(first,)] = con.execute("select min(list_on) from open_lists").fetchall()
    whole = whole_area(con)
    if first is None or whole is None:
        return
    period = Period("span", first, as_of + timedelta(days=1))
    maker = Maker(
        INDICATOR, WITHIN, METHOD, "share", as_of, whole, "2", "any_outcome_closes", is_blunt=True
    )
    found = con.execute(_WATCHED.format(is_ended=IS_ENDED, longest=LONGEST)).fetchnumpy()
    entry, days, is_event, cases = (
        np.asarray(found[name]) for name in ("entry", "days", "is_event", "cases")
    )
    total, in_time = cases.sum(), cases[is_event & (days <= HORIZON)].sum()
    if total < policy.curve_min_units or min(in_time, total - in_time) < policy.k:
        yield maker.missing(period, "too_few", "fewer_than_curves_need")
        return
    curve = truncated_curve(entry, days, is_event, cases, CONF_LEVEL)
    naive = truncated_curve(np.full_like(entry, -1), days, is_event, cases, CONF_LEVEL)
    at, other = (
        int(np.searchsorted(each.day, HORIZON, side="right")) - 1 for each in (curve, naive)
    )
    yield maker.row(
        period,
        float(1 - curve.survival[at]),
        n=None,
        expected=float(1 - naive.survival[other]),
        low=float(1 - curve.high[at]),
        high=float(1 - curve.low[at]),
        conf_level=CONF_LEVEL,
        ci_method="log_log",
    )
