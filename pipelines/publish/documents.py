"""The tables in which a release describes itself: its facts and its dictionary.

Their rows come from contracts, definitions, words and reference files, never from exports. Each
function gives the rows of one table of `tables/`, in the order of that table's columns.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.contract import FINEST, Length
from pipelines.engine.indicator import Indicator
from pipelines.indicators.example import Example
from pipelines.methods.estimates import Method
from pipelines.publish.calibration import calibration_rows
from pipelines.publish.catalogue import load_catalogue, model_tables
from pipelines.settings import Home, Settings
from pipelines.words import Lang, load_words

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a release says of itself.

    Attributes:
        as_of: moment of the latest extract, wall time of the home's zone.
        data_through: last day of the last closed period.
        waiting: published figures whose correction waits for the next revision.
        revised: published figures that this release revises.
    """

    release: str
    as_of: datetime
    data_through: date
    version: str
    code_sha256: str
    input_state: str
    previous: str
    waiting: int = 0
    revised: int = 0


def document_rows(
    facts: Facts, home: Home, settings: Settings, indicators: Mapping[str, Indicator]
) -> dict[str, list[Row]]:
    """The rows of every table that describes the release, by `<schema>.<table>`."""
    return {
        "public.release": [_release(facts, settings)],
        "dictionary.tables": list(_tables()),
        "dictionary.columns": list(_columns()),
        "dictionary.indicators": [_indicator(i) for i in indicators.values()],
        "dictionary.measures": list(_measures(indicators.values())),
        "dictionary.changes": list(_changes(indicators.values())),
        "dictionary.examples": list(_examples(indicators.values())),
        "dictionary.rules": list(_rules()),
        "dictionary.rule_calendar": list(_reference(home, "rule_calendar")),
        "dictionary.series_breaks": list(_series_breaks(home, settings)),
        "dictionary.methods": list(_methods()),
        "dictionary.calibration": list(calibration_rows()),
        "dictionary.caveats": list(_vocabulary("caveats")),
        "dictionary.reasons": list(_vocabulary("reasons")),
        "dictionary.codes": list(_vocabulary("codes")),
    }


def _release(facts: Facts, settings: Settings) -> Row:
    return (
        facts.release,
        facts.as_of,
        facts.data_through,
        settings.zone,
        settings.is_demo,
        settings.title_zh,
        settings.title_en,
        settings.publisher,
        settings.contact,
        settings.licence,
        settings.region_set,
        facts.version,
        facts.code_sha256,
        facts.input_state,
        facts.previous,
        facts.waiting,
        facts.revised,
    )


def _tables() -> Iterator[Row]:
    for table in load_catalogue():
        c = table.contract
        titles = (c.title.zh, c.title.en, c.about.zh, c.about.en)
        yield (table.schema, c.name, *titles, c.grain, " ".join(c.key))


def _columns() -> Iterator[Row]:
    for table in load_catalogue():
        for position, c in enumerate(table.contract.columns, start=1):
            meaning = (c.unit, c.words.zh, c.words.en, " ".join(c.codes))
            yield (table.schema, table.contract.name, position, c.name, c.sql_type, *meaning)


def _indicator(i: Indicator) -> Row:
    denominator = (i.denominator.zh, i.denominator.en) if i.denominator else ("", "")
    return (
        *(i.id, i.theme),
        *(i.title.zh, i.title.en),
        *(i.question.zh, i.question.en),
        *(i.kind.value, i.unit),
        *(i.numerator.zh, i.numerator.en),
        *denominator,
        *(i.exclusions.zh, i.exclusions.en),
        i.better.value,
        " ".join(measure.name for measure in i.measures),
        " ".join(i.by),
        *(i.finest.get(name, Length.MONTH).value for name in FINEST),
        *(i.clock.zh, i.clock.en),
        *(i.rule, i.scale, i.since),
        *(i.source.zh, i.source.en),
        " ".join(i.caveats),
        *(i.not_for.zh, i.not_for.en),
        *(" ".join(i.checked_by), i.reviewed, i.next_review),
        " ".join(i.derived_from),
        i.query.strip(),
        code_version(i),
    )


def code_version(indicator: Indicator) -> str:
    """Which version of a definition it is: the beginning of the SHA-256 of its file, in hex."""
    return hashlib.sha256(indicator.path.read_bytes()).hexdigest()[:16]


def _measures(indicators: Iterable[Indicator]) -> Iterator[Row]:
    for i in indicators:
        for position, m in enumerate(i.measures, start=1):
            words = (m.words.zh, m.words.en)
            yield (i.id, position, m.name, *words, m.unit, m.interval.value)


def _changes(indicators: Iterable[Indicator]) -> Iterator[Row]:
    for i in indicators:
        for position, change in enumerate(i.changes, start=1):
            yield (i.id, position, change.changed_on, change.words.zh, change.words.en)


def _examples(indicators: Iterable[Indicator]) -> Iterator[Row]:
    """The worked example beside each definition; a test demands that every shipped one has it."""
    for i in indicators:
        path = i.path.parent / f"{i.id}.example.yml"
        if path.is_file():
            example = Example.load(path)
            given = "\n\n".join(f"{name}\n{rows.strip()}" for name, rows in example.given.items())
            words = (example.why.zh, example.why.en)
            yield (i.id, example.as_of, *words, given, example.expect.strip())


def _rules() -> Iterator[Row]:
    from pipelines.validate.report import check_words  # noqa: PLC0415 - loads SQLAlchemy

    for key, words in check_words(model_tables()).items():
        yield (*key, words.zh, words.en)


def _series_breaks(home: Home, settings: Settings) -> Iterator[Row]:
    """Breaks of the home's own world: invented regions have invented rules."""
    world = "fictional" if settings.region_set == "fictional" else "real"
    yield from _reference(home, "series_breaks", region_set=world)


def _reference(home: Home, name: str, **only: str) -> Iterator[Row]:
    """The lines of a reference file in the columns of the published table of the same name."""
    columns = next(t.contract.columns for t in load_catalogue() if t.contract.name == name)
    path = home.reference_file(f"{name}.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            if all(line.get(key, wanted) == wanted for key, wanted in only.items()):
                yield tuple(line.get(column.name) or None for column in columns)


def _vocabulary(file: str) -> Iterator[Row]:
    """The keys of one words file with both meanings."""
    for key, words in load_words().items():
        stem, _, name = key.partition(".")
        if stem == file:
            yield (name, words[Lang.ZH], words[Lang.EN])


def _methods() -> Iterator[Row]:
    """The statistical methods, each with what four keys of the words file say of it."""
    words = load_words()
    for method in Method:
        told = [words[f"methods.{method}_{part}"] for part in ("title", "what", "how", "interval")]
        yield (method, *(each[lang] for each in told for lang in (Lang.ZH, Lang.EN)))
