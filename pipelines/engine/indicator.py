"""Indicator definitions: a header that a stranger can audit, and a query that returns facts.

An indicator is `<theme>/<id>.sql`: the keys of `Indicator` between `/*---` and `---*/`, then one
query in the portable subset. A derived indicator is `<theme>/<id>.yml`, the header alone. What an
indicator reads is taken from its query, never typed.

How facts become values is in `facts`, the modules of the other kinds, and `values`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, TypeVar

from pipelines.contract import Length, Words, read_finest, read_header, read_words, refuse_unknown
from pipelines.portable import IndicatorError, columns_mentioned, read_query_in, tables_read

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST_ID = 27
LEVELS = ("county", "unit", "city", "province")


class Kind(StrEnum):
    """What is made of the facts."""

    COUNT = "count"
    SHARE = "share"
    RATIO = "ratio"
    COMPOSITION = "composition"
    DURATION = "duration"
    STOCK = "stock"
    STOCK_SHARE = "stock_share"
    STOCK_AGE = "stock_age"
    LONGEST = "longest"
    MEAN = "mean"
    QUANTILE = "quantile"
    DERIVED = "derived"


STOCKS = frozenset({Kind.STOCK, Kind.STOCK_SHARE, Kind.STOCK_AGE})
CURVES = frozenset({Kind.DURATION, Kind.QUANTILE})
SHARES = frozenset({Kind.SHARE, Kind.COMPOSITION, Kind.STOCK_SHARE})
PER_UNIT = SHARES | {Kind.RATIO, Kind.MEAN}
# The value is not a quotient of sums: it is found before the sums are laid into the spine.
ESTIMATED = CURVES | {Kind.STOCK_AGE, Kind.LONGEST, Kind.DERIVED}

COMMON_COLUMNS = ("region_row", "office_id", "seen_until_on")
SHAPES: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys((Kind.COUNT, Kind.SHARE, Kind.COMPOSITION), ("on_date", "numerator")),
    Kind.RATIO: ("on_date", "numerator", "denominator"),
    **dict.fromkeys((Kind.DURATION, Kind.STOCK, Kind.STOCK_AGE), ("from_on", "until_on")),
    Kind.STOCK_SHARE: ("from_on", "until_on", "marked_on"),
    Kind.LONGEST: ("from_on", "until_on"),
    **dict.fromkeys((Kind.MEAN, Kind.QUANTILE), ("on_date", "amount")),
    Kind.DERIVED: (),
}
OPTIONAL_COLUMNS = frozenset({"measure", "denominator", "grain", "outcome", "is_estimated"})
RESERVED = OPTIONAL_COLUMNS.union(COMMON_COLUMNS, *SHAPES.values())


class Better(StrEnum):
    """Which direction is good. Volume has none."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Cell(StrEnum):
    """The rule that a cell must meet to be shown."""

    SMALL = "S"
    CURVE = "N30"
    NONE = "none"


class Interval(StrEnum):
    """How the interval of a value is made."""

    WILSON = "wilson"
    LOG_LOG = "log_log"
    NORMAL = "normal"
    NONE = "none"


USUAL_INTERVALS = dict.fromkeys(SHARES, Interval.WILSON) | dict.fromkeys(CURVES, Interval.LOG_LOG)


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the numbers of an indicator, with its unit."""

    name: str
    words: Words
    unit: str
    interval: Interval

    @property
    def quantile(self) -> float | None:
        """The share of the units that a `p50` asks for, else None."""
        found = re.fullmatch(r"p(\d\d)", self.name)
        return int(found[1]) / 100 if found else None

    @property
    def horizon(self) -> int | None:
        """The days of a `within_60`, `without_60` or `rmst_60`, else None."""
        found = re.fullmatch(r"(?:within|without|rmst)_(\d+)", self.name)
        return int(found[1]) if found else None

    @property
    def is_mean(self) -> bool:
        """Whether it is a restricted mean, `rmst_60`."""
        return self.name.startswith("rmst_")


@dataclass(frozen=True, slots=True)
class Change:
    """A dated change of the definition."""

    changed_on: date
    words: Words


@dataclass(frozen=True, slots=True)
class Indicator:
    """A definition: its header, its query, and what the query reads."""

    id: str
    theme: str
    title: Words
    question: Words
    kind: Kind
    unit: str
    numerator: Words
    denominator: Words | None
    exclusions: Words
    better: Better
    by: tuple[str, ...]
    measures: tuple[Measure, ...]
    clock: Words
    rule: str
    cell: Cell
    interval: Interval
    scale: int
    follow_up_days: int | None
    since: date
    source: Words
    caveats: tuple[str, ...]
    not_for: Words
    checked_by: tuple[str, ...]
    reviewed: date
    next_review: date
    changes: tuple[Change, ...]
    finest: Mapping[str, Length] = field(default_factory=dict)
    event_codes: tuple[str, ...] = ()
    max_days: int = 0
    method: str = ""
    derived_from: tuple[str, ...] = ()
    query: str = ""
    columns: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    path: Path = field(default=Path(), compare=False)

    @property
    def headline(self) -> Measure:
        """The first measure."""
        return self.measures[0]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and check one definition.

        Raises:
            ContractError: the header is not complete, or has a key that it should not have.
            IndicatorError: header and query do not fit each other, or the query is not portable.
        """
        keys, query = read_header(path)
        refuse_unknown(path, keys, REQUIRED_KEYS | OPTIONAL_KEYS)
        kind = _one_of(path, "kind", keys.get("kind"), Kind)
        for key in sorted((REQUIRED_KEYS | KEYS_OF_KIND.get(kind, set())) - set(keys)):
            raise IndicatorError(f"{path.name}: key `{key}` is missing; every {kind} needs it")
        indicator = cls(**_header_fields(path, kind, keys), **_query_fields(path, query))
        for fault in _faults(indicator):
            raise IndicatorError(f"{path.name}: {fault}")
        return indicator


_WORDS = ("title", "question", "numerator", "exclusions", "clock", "source", "not_for")
_DATES = ("since", "reviewed", "next_review")
REQUIRED_KEYS = {
    *(*_WORDS, *_DATES, "kind", "unit", "better", "by"),
    *("measures", "cell", "caveats", "checked_by", "changes"),
}
OPTIONAL_KEYS = {
    *("denominator", "rule", "interval", "scale", "follow_up_days"),
    *("events", "max_days", "method", "from", "finest"),
}
KEYS_OF_KIND = {
    **{kind: {"denominator"} for kind in (Kind.SHARE, Kind.RATIO, Kind.STOCK_SHARE)},
    Kind.DURATION: {"max_days"},
    Kind.DERIVED: {"method", "from"},
}


def load_indicators(folder: Path) -> dict[str, Indicator]:
    """Every definition below a folder by its id: in the order of the ids, derived ones last.

    In this order they can be computed.

    Raises:
        ContractError: a definition cannot be used, two have the same id, or a derived one stands
            on what is not there.
    """
    found: dict[str, Indicator] = {}
    for path in sorted(folder.glob("*/*"), key=lambda p: (p.stem, p.suffix)):
        if path.suffix not in {".sql", ".yml"} or path.name.endswith(".example.yml"):
            continue
        if path.stem in found:
            raise IndicatorError(f"{path.name}: `{path.stem}` is defined twice; ids are unique")
        found[path.stem] = Indicator.load(path)
    order = sorted(found.values(), key=lambda indicator: indicator.kind is Kind.DERIVED)
    return {indicator.id: _with_sources(indicator, found) for indicator in order}


def _with_sources(indicator: Indicator, found: dict[str, Indicator]) -> Indicator:
    """A derived indicator reads what its sources read; the others are as they are."""
    for name in indicator.derived_from:
        if name not in found or found[name].kind is Kind.DERIVED:
            raise IndicatorError(
                f"{indicator.path.name}: `from` names `{name}`; expected indicators with a query"
            )
    sources = [found[name] for name in indicator.derived_from]
    return replace(
        indicator,
        reads=indicator.reads.union(*(source.reads for source in sources)),
        mentions=indicator.mentions.union(*(source.mentions for source in sources)),
    )


def _header_fields(path: Path, kind: Kind, keys: dict[str, Any]) -> dict[str, Any]:
    usual = USUAL_INTERVALS.get(kind, Interval.NONE)
    interval = _one_of(path, "interval", keys.get("interval", usual), Interval)
    events: dict[str, list[str]] = keys.get("events", {})
    return {
        **{key: read_words(path, keys[key]) for key in _WORDS},
        **{key: _date(path, key, keys[key]) for key in _DATES},
        "id": path.stem,
        "theme": path.parent.name,
        "path": path,
        "kind": kind,
        "unit": keys["unit"],
        "better": _one_of(path, "better", keys["better"], Better),
        "cell": _one_of(path, "cell", keys["cell"], Cell),
        "interval": interval,
        "denominator": read_words(path, keys["denominator"]) if "denominator" in keys else None,
        "by": tuple(keys["by"]),
        "measures": tuple(_measures(path, keys, interval)),
        "rule": keys.get("rule", ""),
        "scale": keys.get("scale", 1),
        "follow_up_days": keys.get("follow_up_days"),
        "caveats": tuple(keys["caveats"]),
        "checked_by": tuple(keys["checked_by"]),
        "changes": tuple(_changes(path, keys["changes"])),
        "finest": read_finest(path, keys.get("finest", {})),
        "event_codes": tuple(code for codes in events.values() for code in codes),
        "max_days": keys.get("max_days", 0),
        "method": keys.get("method", ""),
        "derived_from": tuple(keys.get("from", ())),
    }


def _measures(path: Path, keys: dict[str, Any], interval: Interval) -> Iterator[Measure]:
    for name, spec in keys["measures"].items():
        refuse_unknown(path, spec, {"zh", "en", "unit", "interval"})
        is_mean = name.startswith("rmst_") and interval is Interval.LOG_LOG
        usual = Interval.NORMAL if is_mean else interval
        own = _one_of(path, "interval", spec.get("interval", usual), Interval)
        yield Measure(name, read_words(path, spec), spec.get("unit", keys["unit"]), own)


def _changes(path: Path, specs: list[dict[str, Any]]) -> Iterator[Change]:
    for spec in specs:
        refuse_unknown(path, spec, {"zh", "en", "date"})
        yield Change(_date(path, "changes", spec.get("date")), read_words(path, spec))


def _query_fields(path: Path, query: str) -> dict[str, Any]:
    if not query:
        return {}
    tree = read_query_in(path, query)
    return {
        "query": query.rstrip(";"),
        "columns": frozenset(tree.named_selects),
        "reads": tables_read(tree),
        "mentions": columns_mentioned(tree),
    }


def _faults(indicator: Indicator) -> Iterator[str]:
    """What is wrong between the parts of a definition, each said as one sentence."""
    if len(indicator.id) > LONGEST_ID or not re.fullmatch(r"[a-z][a-z0-9_]*", indicator.id):
        yield f"the id must be in lower_case and have at most {LONGEST_ID} characters"
    if indicator.next_review <= indicator.reviewed:
        yield "`next_review` must be later than `reviewed`"
    for name in sorted(RESERVED.intersection(indicator.by)):
        yield f"`by` names `{name}`, which has a meaning of its own"
    if not indicator.measures:
        yield "`measures` is empty; the first one is the headline"
    if indicator.kind is Kind.DERIVED:
        if indicator.query:
            yield "a derived indicator has a method and no query; its file is `<id>.yml`"
        return
    yield from _measure_faults(indicator)
    yield from _column_faults(indicator)


# The names that measures of a kind may have, and how to say so.
MEASURES = {
    Kind.DURATION: (r"p\d\d|(within|without|rmst)_\d+", "p50, within_60, without_60, rmst_60"),
    Kind.QUANTILE: (r"p\d\d|(within|without)_\d+", "p50, within_60, without_60"),
    Kind.STOCK_AGE: (r"p\d\d", "p50, p90"),
    Kind.LONGEST: (r"max", "max"),
}


def _measure_faults(indicator: Indicator) -> Iterator[str]:
    kind = indicator.kind
    names, said = MEASURES.get(kind, (".*", ""))
    if kind is Kind.LONGEST and indicator.cell is not Cell.NONE:
        yield "a longest spell has `cell: none`: a maximum is that of one of its parts"
    for measure in indicator.measures:
        usual = Interval.NORMAL if measure.is_mean else USUAL_INTERVALS.get(kind, Interval.NONE)
        if measure.interval not in {Interval.NONE, usual}:
            yield f"a {kind} cannot have interval `{measure.interval}` for `{measure.name}`"
        if not re.fullmatch(names, measure.name):
            yield f"measure `{measure.name}`: a {kind} has measures such as {said}"
        if (measure.horizon or 0) > indicator.max_days and kind is Kind.DURATION:
            yield f"measure `{measure.name}` looks further than `max_days`"


def _column_faults(indicator: Indicator) -> Iterator[str]:
    kind = indicator.kind
    if not indicator.query:
        yield f"a {kind} needs a query below its header"
    needed = {*COMMON_COLUMNS, *SHAPES[kind], *indicator.by}
    if len(indicator.measures) > 1 and kind not in ESTIMATED:
        needed.add("measure")
    if kind is Kind.DURATION and "outcome" in indicator.columns and not indicator.event_codes:
        yield "the query returns `outcome`; key `events` says which of them are the event"
    for name in sorted(needed - indicator.columns):
        yield f"the query must return `{name}`, as this header of a {kind} asks"
    for name in sorted(indicator.columns - needed - OPTIONAL_COLUMNS):
        yield f"the query returns `{name}`, which is neither in `by` nor part of a {kind}"


def _one_of(path: Path, key: str, value: object, choices: type[Choice]) -> Choice:
    try:
        return choices(str(value))
    except ValueError:
        raise IndicatorError(
            f"{path.name}: `{key}` is `{value}`; expected one of {', '.join(choices)}"
        ) from None


def _date(path: Path, key: str, value: object) -> date:
    if not isinstance(value, date):
        raise IndicatorError(f"{path.name}: `{key}` is `{value}`; expected a date, 2003-01-31")
    return value
