"""A world with a renamed and a divided county, drawn at random, and what the slow way says of it.

The reference goes day by day and fact by fact, and shares no code with the engine.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

FIRST, AS_OF, OPEN, LAST = date(2024, 11, 1), date(2025, 12, 10), date(1, 1, 1), date(9999, 12, 31)
RENAMED_ON, DIVIDED_ON = date(2025, 3, 1), date(2025, 6, 14)
COLOURS = ("red", "blue")


@dataclass(frozen=True)
class Region:
    row: str
    code: str
    level: str
    city: str | None
    valid_from: date = OPEN
    valid_to: date = LAST
    unit: str | None = None


@dataclass(frozen=True)
class Fact:
    region_row: str
    on_date: date
    until_on: date | None
    outcome: str | None
    seen_until_on: date
    colour: str | None
    part: int
    whole: int


# City 11 has a county that is renamed and one that is divided, which with its heirs is a stable
# unit; city 12 is quiet and small.
UNIT = "SU113"
REGIONS = (
    Region("1", "1", "province", None),
    Region("11", "11", "city", "11"),
    Region("12", "12", "city", "12"),
    Region("111", "111", "county", "11", OPEN, RENAMED_ON),
    Region("115", "115", "county", "11", RENAMED_ON),
    Region("112", "112", "county", "11", OPEN, DIVIDED_ON, UNIT),
    Region("113", "113", "county", "11", DIVIDED_ON, unit=UNIT),
    Region("114", "114", "county", "11", DIVIDED_ON, unit=UNIT),
    Region(UNIT, UNIT, "unit", "11", unit=UNIT),
    Region("121", "121", "county", "12"),
)
SUCCESSORS = {"111": (("115", True),), "112": (("113", False), ("114", False))}
BY_ROW = {region.row: region for region in REGIONS}

days = st.dates(date(2024, 9, 1), AS_OF)


@st.composite
def facts(draw):
    began = draw(days)
    lasted = draw(st.none() | st.integers(0, 120))
    ended = None if lasted is None else min(began + timedelta(lasted), LAST)
    ended = ended if ended is None or ended <= AS_OF else None
    whole = draw(st.integers(0, 3))
    return Fact(
        region_row=draw(st.sampled_from([r.row for r in REGIONS])),
        on_date=began,
        until_on=ended,
        outcome=draw(st.sampled_from(["done", "gone"])) if ended else None,
        seen_until_on=draw(
            st.sampled_from([AS_OF, LAST, began + timedelta(20), began - timedelta(9)])
        ),
        colour=draw(st.sampled_from([*COLOURS, None])),
        part=draw(st.integers(0, whole)),
        whole=whole,
    )


worlds = st.lists(facts(), max_size=40)
# For each region row, how many of the last days of the world it was silent (no coverage).
silences = st.dictionaries(st.sampled_from(["11", "121", "115"]), st.integers(1, 60), max_size=2)


def periods():
    """Kind, first day and end (exclusive) of every period of the grid."""
    months = [date(2024, 11, 1), date(2024, 12, 1), *(date(2025, m, 1) for m in range(1, 13))]
    found = [("month", m, (m + timedelta(31)).replace(day=1)) for m in months]
    found += [("quarter", date(2024, 10, 1), date(2025, 1, 1))]
    found += [
        ("quarter", date(2025, m, 1), (date(2025, m, 1) + timedelta(95)).replace(day=1))
        for m in (1, 4, 7, 10)
    ]
    found += [("year", date(y, 1, 1), date(y + 1, 1, 1)) for y in (2024, 2025)]
    return [*found, ("ytd", date(2025, 1, 1), date(2025, 12, 1))]


def heirs_of(row, day):
    """The regions that stand on the ground of `row` on a day, and whether all of it is in one."""
    region = BY_ROW[row]
    if day < region.valid_to:
        return [region], True
    new = SUCCESSORS.get(row, ())
    return [BY_ROW[heir] for heir, _ in new], len(new) == 1 and new[0][1]


def places(row, day):
    """The (level, code) that a fact of `row` counts for on a day."""
    standing, is_whole = heirs_of(row, day)
    region = standing[0]
    found = {("province", "1"), ("city", region.city), ("unit", BY_ROW[row].unit)}
    if is_whole:
        found.add((region.level, region.code))
    return {(level, code) for level, code in found if code}


def coverage_of(place, first, end, silent):
    """full, part or none: of the region's own days, and of those below it."""
    below = [
        r
        for r in REGIONS
        if place in {(r.level, r.code), ("province", "1"), ("city", r.city), ("unit", r.unit)}
    ]
    own = [r for r in below if (r.level, r.code) == place]

    def covered(regions):
        return [
            day <= AS_OF - timedelta(silent.get(r.row, 0))
            for r in regions
            for day in (first + timedelta(i) for i in range((end - first).days))
            if r.valid_from <= day < r.valid_to and day <= AS_OF
        ]

    return "full" if all(covered(own)) else "part" if any(covered(below)) else "none"


def quantile(heights, share):
    """First day on which a rising step function reaches a share; the middle where it is flat."""
    reached = [day for day, height in heights if height >= share - 1e-9]
    over = [day for day, height in heights if height > share + 1e-9]
    if not reached:
        return None
    is_flat = abs(dict(heights)[reached[0]] - share) <= 1e-9
    return (reached[0] + over[0]) / 2 if is_flat and over else reached[0]


def incidence(spells):
    """Aalen and Johansen by hand, day by day: ([(day, share with the event)], all have ended)."""
    alive, share, heights = 1.0, 0.0, []
    for day in range(max((days for days, _ in spells), default=-1) + 1):
        at_risk = sum(1 for days, _ in spells if days >= day)
        done = sum(1 for days, how in spells if days == day and how == "done")
        other = sum(1 for days, how in spells if days == day and how == "gone")
        share += alive * done / at_risk
        alive *= 1 - (done + other) / at_risk
        heights.append((day, share))
    return heights, abs(alive) < 1e-12


def curve(spells):
    """Median, share with the event within 30 days, and mean days without it of the first 30."""
    heights, is_over = incidence(spells)
    median = quantile(heights, 0.5)
    if not heights or (len(heights) <= 30 and not is_over):
        return median, None, None
    upto = heights[:31] + [(0, heights[-1][1])] * (31 - len(heights))
    return median, upto[30][1], sum(1 - height for _, height in upto[:30])


def expected(kind, facts_, silent):
    """Every figure of an indicator by its key."""
    colours = sorted({*COLOURS, *(f.colour or "unknown" for f in facts_ if _is_seen(kind, f))})
    found = {}
    for place in {(r.level, r.code) for r in REGIONS}:
        for period in periods():
            for colour in [c for c in ["", *colours] if _on_grid(place[0], period[0], c)]:
                chosen = [f for f in facts_ if colour in {"", f.colour or "unknown"}]
                for measure, figure in _figures(kind, place, period, chosen, silent):
                    found[kind, measure, *place, *period[:2], colour] = figure
    return found


def _is_seen(kind, fact):
    if kind in {"stock", "stock_share"}:
        return True
    if kind == "stock_age":
        return any(_stands(fact, last) for _, _, last in _months())
    if kind == "longest":
        return not fact.until_on or fact.until_on > FIRST or fact.on_date >= FIRST
    if kind == "duration" and fact.on_date > fact.seen_until_on:
        return False
    return fact.on_date >= FIRST


def _on_grid(level, period_kind, colour):
    if level in {"county", "unit"}:
        return period_kind != "ytd" if not colour else period_kind == "year"
    return not colour or period_kind != "ytd"


def _figures(kind, place, period, chosen, silent):
    _, first, end = period
    last = min(end - timedelta(1), AS_OF)
    versions = [r for r in REGIONS if (r.level, r.code) == place]
    valid = [r for r in versions if r.valid_from <= last and r.valid_to > first]
    is_stock = kind.startswith("stock")
    if not valid or (is_stock and not any(r.valid_to > last for r in valid)):
        return
    coverage = coverage_of(place, first, end, silent)
    if is_stock:
        yield from _stock(kind, place, last, chosen, coverage)
        return
    if kind == "longest":
        yield "max", _longest(place, first, end, chosen, coverage)
        return
    inside = [f for f in chosen if max(first, FIRST) <= f.on_date < end]
    here = [f for f in inside if place in places(f.region_row, f.on_date.replace(day=1))]
    if kind == "duration":
        yield from _durations(here, coverage)
    elif kind == "quantile":
        yield "p50", _amounts(here, coverage)
    else:
        yield "only", _sums(kind, here, coverage)


def _missing(coverage, here):
    if coverage == "none":
        return "not_received"
    return "partly_received" if coverage == "part" and not here else ""


def _sums(kind, here, coverage):
    part, whole = sum(f.part for f in here), sum(f.whole for f in here)
    if kind == "mean":
        part, whole = sum(f.whole for f in here), len(here)
    units = sum(1 for f in here if (f.part if kind in {"count", "ratio"} else f.whole))
    units = len(here) if kind == "mean" else units
    if reason := _missing(coverage, here):
        return "not_available", reason, None, units
    if kind == "count":
        return "ok", "", part, units
    top, bottom = (whole, part) if kind == "ratio" else (part, whole)
    if not bottom:
        return "not_available", "no_denominator", None, units
    return "ok", "", top / bottom, units


def _stands(fact, day):
    return fact.on_date <= day and (not fact.until_on or fact.until_on > day)


def _stock(kind, place, last, chosen, coverage):
    standing = [f for f in chosen if _stands(f, last)]
    here = [f for f in standing if place in places(f.region_row, last)]
    split = [
        f
        for f in standing
        if not heirs_of(f.region_row, last)[1]
        and place in {(r.level, r.code) for r in heirs_of(f.region_row, last)[0]}
    ]
    measure = "p50" if kind == "stock_age" else "only"
    if reason := _missing(coverage, [*here, *split]):
        yield measure, ("not_available", reason, None, len(here))
    elif split:
        yield measure, ("not_available", "boundary_split", None, len(here))
    elif kind == "stock":
        yield measure, ("ok", "", len(here), len(here))
    elif not here:
        yield measure, ("not_available", "no_denominator", None, 0)
    elif kind == "stock_share":
        marked = sum(1 for f in here if f.on_date + timedelta(f.whole) <= last)
        yield measure, ("ok", "", marked / len(here), len(here))
    else:
        ages = [((last - f.on_date).days, "done") for f in here]
        yield measure, ("ok", "", quantile(incidence(ages)[0], 0.5), len(here))


def _months():
    """First day, end (exclusive) and last day that the data speak of, of every month."""
    months = [(first, end) for kind, first, end in periods() if kind == "month"]
    return [(first, end, min(end - timedelta(1), AS_OF)) for first, end in months]


def _longest(place, first, end, chosen, coverage):
    """Month by month, as a region may have changed hands within the period."""
    lengths = {}
    for number, fact in enumerate(chosen):
        until = fact.until_on or LAST
        for start, stop, _ in _months():
            is_touched = start < max(until, fact.on_date + timedelta(1)) and stop > fact.on_date
            if not (first <= start < end and is_touched):
                continue
            if place in places(fact.region_row, start):
                days = (min(until, AS_OF, stop) - fact.on_date).days
                lengths[number] = max(days, lengths.get(number, 0))
    if reason := _missing(coverage, lengths):
        return "not_available", reason, None, len(lengths)
    if not lengths:
        return "not_available", "no_denominator", None, 0
    return "ok", "", max(lengths.values()), len(lengths)


def _amounts(here, coverage):
    if reason := _missing(coverage, here) or ("" if here else "no_denominator"):
        return "not_available", reason, None, len(here)
    sizes = [(f.whole, "done") for f in here]
    return "ok", "", quantile(incidence(sizes)[0], 0.5), len(here)


def _durations(here, coverage):
    spells = []
    for f in here:
        seen = min(f.seen_until_on, AS_OF)
        ended = f.until_on is not None and f.until_on <= seen
        length = ((f.until_on if ended else seen) - f.on_date).days
        if length >= 0:
            spells.append((min(length, 90), f.outcome if ended and length <= 90 else None))
    median, within, mean = curve(spells)
    for measure, value, absent in (
        ("p50", median, ("not_reached", "")),
        ("within_30", within, ("not_available", "not_yet_observable")),
        ("rmst_30", mean, ("not_available", "not_yet_observable")),
    ):
        if reason := _missing(coverage, spells) or ("" if spells else "no_denominator"):
            yield measure, ("not_available", reason, None, len(spells))
        elif value is None:
            yield measure, (*absent, None, len(spells))
        else:
            yield measure, ("ok", "", value, len(spells))
