"""What happens after leaders visit a county: the pace of resolutions, and registrations.

Published figures do not suffice for it. Its rule of disclosure: the whole province only, nothing
smaller; at least 30 visits and 10 resolutions, or as many as the policy wants, behind every number
printed; no count of a county or a day, and none of resolutions, because the stretch of days grows
with each extract and two of them would tell what came between. Where the leads say that visited
counties differed before anything could have worked, the phases are not printed, nor are
registrations where pseudo-visits show an effect.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import numpy as np

from pipelines.estimates.person_days import (
    LEADERS,
    ROUTINE,
    Span,
    read_covered,
    read_intake,
    read_risk,
    read_span,
    read_visits,
)
from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Row
from pipelines.methods.estimates import Method
from pipelines.methods.intervals import normal_quantile
from pipelines.methods.local_projections import Effect, bracket, event_strata, expected_counts
from pipelines.methods.person_time import PhaseEffects, leads_are_flat, phase_effects
from pipelines.methods.phases import PHASES, Events, exposures
from pipelines.privacy.policy import Policy

METHOD = Method.VISIT_EFFECT
CONF_LEVEL = 0.95
FEWEST_VISITS, FEWEST_ENDS, FEWEST_UNITS = 30, 10, 5
# Easy matters go first. Those left are harder by what was resolved in excess, in the phase itself
# and in those before it; room is left for this share of the log effect of each (docs/methods.md).
MOST_HIDDEN = 0.2
CAVEATS = "visits_follow_trouble pace_understated offices_not_persons"

# From the notice to four weeks after the visit: where the planted and the reported effects lie.
WHOLE = "from_notice"
MAIN = ("announced", "event_day", "after_1_6", "after_7_27")
ROUTINE_PHASES = tuple(
    phase for phase in PHASES if phase.name in {"announced", "event_day", "after_1_6"}
)


def visit_effects(con: duckdb.DuckDBPyConnection, as_of: date, policy: Policy) -> Iterator[Row]:
    """Measures, all relative changes unless said otherwise, for the whole province.

    `pace`: how much faster matters are resolved in each phase, leads included, and `from_notice`
    over those until four weeks after the visit; `excess`: resolutions above expectation there, a
    count; `placebo`: the same model's effect of the routine reception days of counties; `intake`:
    registrations of weeks 1 to 8 after a visit, `lagged` and `differenced`, whose errors tend
    to lie on opposite sides where visits go to trouble, and `pseudo` visits among controls, which
    should be near zero.
    """
    whole, span = whole_area(con), read_span(con)
    if whole is None or span is None:
        return
    visits = read_visits(con, span, LEADERS)
    maker = Maker(METHOD, "pace", METHOD, "share", as_of, whole, caveats=CAVEATS)
    period = Period("span", span.start, span.first + timedelta(days=span.days))
    if len(visits.unit) < FEWEST_VISITS or span.units < FEWEST_UNITS:
        for measure, contrast in (("pace", WHOLE), ("excess", WHOLE), ("intake", "lagged")):
            yield maker.missing(
                period, "too_few", "fewer_than_30_visits", measure=measure, contrast=contrast
            )
        return
    fewest = max(FEWEST_ENDS, policy.k, policy.curve_min_events)
    yield from _pace(con, span, visits, maker, period, fewest)
    yield from _intake(con, span, visits, maker, period)


def _pace(  # noqa: PLR0913, PLR0917 - what is fitted and where its rows belong
    con: duckdb.DuckDBPyConnection,
    span: Span,
    visits: Events,
    maker: Maker,
    period: Period,
    fewest: int,
) -> Iterator[Row]:
    routine = read_visits(con, span, ROUTINE)
    has_routine = len(routine.unit) >= FEWEST_VISITS
    names = [phase.name for phase in PHASES]
    exposed = [exposures(visits, span.units, span.days)]
    if has_routine:
        exposed.append(exposures(routine, span.units, span.days, ROUTINE_PHASES))
        names += [f"routine_{phase.name}" for phase in ROUTINE_PHASES]
    days = np.arange(span.days)
    try:
        found = phase_effects(
            read_risk(con, span),
            np.concatenate(exposed, axis=2),
            tuple(names),
            days // 7,
            clusters=(days // 182,),
        )
    except ValueError:
        yield maker.missing(period, "too_few", "model_unsettled", contrast=WHOLE)
        return
    leads = [at for at, phase in enumerate(PHASES) if phase.is_lead]
    is_flat = leads_are_flat(found.log_ratio[leads], found.error[leads])
    for at, name in enumerate(names):
        n = len(visits.unit if at < len(PHASES) else routine.unit)
        is_told = is_flat or at in leads or at >= len(PHASES)
        yield _phase(found, at, name, n, maker, period, fewest, is_told=is_told)
    yield from _main(found, len(visits.unit), maker, period, fewest, is_flat=is_flat)


def _phase(  # noqa: PLR0913, PLR0917 - a phase of a fit and where its row belongs
    found: PhaseEffects,
    at: int,
    name: str,
    n: int,
    maker: Maker,
    period: Period,
    fewest: int,
    *,
    is_told: bool,
) -> Row:
    ends = found.excess[at] + found.expected[at]
    contrast = name.removeprefix("routine_")
    measure = "placebo" if name != contrast else "pace"
    if not is_told or ends < fewest:
        state, reason = (
            ("too_few", "few_resolutions") if ends < fewest else ("not_available", "leads_not_flat")
        )
        return maker.missing(period, state, reason, measure=measure, contrast=contrast)
    band = found.band(CONF_LEVEL)
    value, low, high = np.expm1([found.log_ratio[at], band.low[at], band.high[at]])
    if measure == "pace":
        low, high = allowing_for_hidden(low, high, change_before(found, name))
    return maker.row(
        period,
        value,
        n=n,
        expected=0.0,
        low=low,
        high=high,
        conf_level=CONF_LEVEL,
        ci_method="widest_cluster",
        finding=_clear(low, high),
        measure=measure,
        contrast=contrast,
    )


def _main(  # noqa: PLR0913 - a fit and where its rows belong
    found: PhaseEffects, n: int, maker: Maker, period: Period, fewest: int, *, is_flat: bool
) -> Iterator[Row]:
    """From the notice to four weeks after: as a count, and relative to what was expected."""
    places = [found.names.index(name) for name in MAIN]
    base = float(found.expected[places].sum())
    change, low, high = found.change_over(MAIN, CONF_LEVEL)
    changes = (change, *allowing_for_hidden(low, high))
    excess = [round(base * each) for each in changes]
    for measure, unit, numbers in (("pace", "share", changes), ("excess", "submission", excess)):
        reason = "few_resolutions" if base + min(excess[0], 0) < fewest else ""
        if reason or not is_flat:
            state = "too_few" if reason else "not_available"
            yield maker.missing(
                period, state, reason or "leads_not_flat", measure=measure, contrast=WHOLE
            )
            continue
        yield maker.row(
            period,
            numbers[0],
            n=n,
            expected=0.0,
            low=numbers[1],
            high=numbers[2],
            conf_level=CONF_LEVEL,
            ci_method="widest_cluster",
            finding=_clear(*numbers[1:]),
            measure=measure,
            unit=unit,
            contrast=WHOLE,
        )


def change_before(found: PhaseEffects, name: str) -> float:
    """Relative change of the pace over the acting phases before this one; 0 where none is."""
    acting = [phase.name for phase in PHASES if not phase.is_lead]
    before = tuple(acting[: acting.index(name)]) if name in acting else ()
    return found.change_over(before)[0] if before else 0.0


def allowing_for_hidden(low: float, high: float, before: float = 0.0) -> tuple[float, float]:
    """Ends of a relative change of the pace, moved outward by what may be hidden of it.

    What was resolved in excess has left harder matters behind. Of the phase's own change that hides
    a share, which never decides whether there is one. The change `before` it carries over with the
    opposite sign, and the end on its side is moved, so that a change which may be nothing but this
    is none.
    """
    ends = np.log1p([low, high])
    most = ends / (1 - MOST_HIDDEN)
    carried = MOST_HIDDEN * float(np.log1p(before))
    outward = (
        min(ends[0], most[0]) + min(carried, 0.0),
        max(ends[1], most[1]) + max(carried, 0.0),
    )
    return float(np.expm1(outward[0])), float(np.expm1(outward[1]))


def _intake(
    con: duckdb.DuckDBPyConnection, span: Span, visits: Events, maker: Maker, period: Period
) -> Iterator[Row]:
    counts, covered = read_intake(con, span), read_covered(con, span)
    try:
        strata = event_strata(counts, expected_counts(counts, covered), visits, covered)
    except ValueError:
        strata = None
    if strata is None or len(strata.unit) < FEWEST_VISITS:
        yield maker.missing(
            period, "too_few", "fewer_than_30_visits", measure="intake", contrast="lagged"
        )
        return
    found = bracket(strata)
    middle, error = found.lagged.placebo_mean, found.lagged.errors["placebo"]
    is_flat = leads_are_flat(np.array([middle]), np.array([error]))
    for contrast, effect in (("lagged", found.lagged), ("differenced", found.differenced)):
        if not is_flat:
            yield maker.missing(
                period, "not_available", "pseudo_visits_not_flat", measure="intake",
                contrast=contrast,
            )  # fmt: skip
            continue
        low, high = effect.interval(CONF_LEVEL)
        yield _relative(
            maker, period, contrast, effect, (effect.value, low, high), "widest_cluster"
        )
    reach = normal_quantile(CONF_LEVEL) * error
    ends = (middle, middle - reach, middle + reach)
    yield _relative(maker, period, "pseudo", found.lagged, ends, "placebo")


def _relative(  # noqa: PLR0913, PLR0917 - an effect and where its row belongs
    maker: Maker,
    period: Period,
    contrast: str,
    effect: Effect,
    log: tuple[float, float, float],
    ci_method: str,
) -> Row:
    value, low, high = np.expm1(log)
    return maker.row(
        period,
        value,
        n=effect.n_events,
        expected=0.0,
        low=low,
        high=high,
        conf_level=CONF_LEVEL,
        ci_method=ci_method,
        finding=_clear(low, high),
        measure="intake",
        contrast=contrast,
    )


def _clear(low: float, high: float) -> str:
    """Whether the interval leaves out no effect, and on which side it lies."""
    return "" if low <= 0 <= high else "above" if low > 0 else "below"
