"""A first mapping for a file that nobody has described, by guessing.

Columns are matched to contracts by their names, and by what stands in them. A guess is one until a
person has looked at it: the draft says how sure it is, marks what it could not tell, and takes
nothing that looks personal. Writing it down is for `draft_text.py`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from pipelines.contract import Column, Table
from pipelines.ingest.format import Form
from pipelines.ingest.header import lowest
from pipelines.ingest.personal import is_personal
from pipelines.ingest.reasons import Refused
from pipelines.ingest.records import Worker
from pipelines.ingest.source import EVENT_TABLE, SUBMISSION_TABLE, Shape, Source
from pipelines.ingest.specimen import Facts, Specimen, examine
from pipelines.ingest.vocabulary import MARGINAL, Vocabulary, plain
from pipelines.words import UserError

SURE = 0.9
LIKELY = 0.55
KIND = 0.7
MISFIT = 0.4  # what a name is worth where what stands in the column is of another kind
DATES = ("date", "timestamp")
MADE_NUMBER = "event_id"  # landing makes it itself
NUMBER_ENDINGS = ("编号", "号码", "号", "id", "no", "no.", "number", "key")
NUMBERS = ("integer", "bigint", "double")
CATCH_ALL = ("other", "unknown")  # in any list, so that they tell of none


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for.

    Attributes:
        header: its name.
        facts: what stands in it.
        target: the column of the contract that it fills; none if it fills none.
        event: the type of step that its date becomes; empty if it becomes none.
        score: how sure that is, 0 to 1.
        is_personal: nothing of it may leave the vault.
        is_sender: it names the office that sent the record.
    """

    header: str
    facts: Facts
    target: Column | None = None
    event: str = ""
    score: float = 0.0
    is_personal: bool = False
    is_sender: bool = False

    @property
    def is_dated(self) -> bool:
        """Whether it is taken for dates."""
        return bool(self.event) or (self.target is not None and self.target.type in DATES)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping to be looked at.

    Attributes:
        file: name of the file.
        specimen: what the file is.
        table: the table that fits best.
        guesses: one for each column with a name.
        words: what was known of names and labels.
        places: names of places that are like a person's.
    """

    file: str
    specimen: Specimen
    table: Table
    guesses: tuple[Guess, ...]
    words: Vocabulary
    places: Collection[str] = ()

    @property
    def shape(self) -> Shape:
        """What one row is; a list without closings, called one of what is open, is a snapshot."""
        shapes = {SUBMISSION_TABLE: Shape.CASES, EVENT_TABLE: Shape.EVENTS}
        is_of_open = any(word in plain(self.file) for word in self.words.open_lists)
        tells_steps = any(guess.event for guess in self.guesses)
        if self.table.name == SUBMISSION_TABLE and is_of_open and not tells_steps:
            return Shape.SNAPSHOT
        return shapes.get(self.table.name, Shape.ROWS)

    @property
    def placeholders(self) -> list[str]:
        """The days that stand for "none" in the columns that are taken for dates."""
        return sorted({day for g in self.guesses if g.is_dated for day in g.facts.placeholders})

    @property
    def lacking(self) -> list[Column]:
        """Required columns of the table that no column fills."""
        filled = {guess.target.name for guess in self.guesses if guess.target}
        filled.add(MADE_NUMBER)
        return [c for c in self.table.columns if c.required and c.name not in filled]


def draft_source(
    worker: Worker,
    path: Path,
    tables: dict[str, Table],
    sources: dict[str, Source],
    table: str = "",
) -> Draft:
    """Guess a mapping for a file.

    Args:
        worker: reads the file.
        path: the file, anywhere.
        tables: every contract by name.
        sources: the mappings that there are; what they call things is known.
        table: the table that the file feeds; the one that fits best where not given.

    Raises:
        UserError: there is no such file or table, or nothing can read the file.
    """
    if not path.is_file():
        raise UserError("ingest.CHECK_FILE", file=path)
    fed = {name: contract for name, contract in tables.items() if contract.version}
    if table and table not in fed:
        raise UserError("ingest.DRAFT_TABLE", table=table, known=", ".join(sorted(fed)))
    words = Vocabulary.load(tables, sources.values())
    try:
        specimen = examine(worker, path, words.names, next(iter(sources.values())))
    except Refused as verdict:
        detail = verdict.detail
        raise UserError(f"ingest.{verdict.reason}", file=path.name, detail=detail) from None
    wanted = [fed[table]] if table else list(fed.values())
    drafts = [
        Draft(path.name, specimen, t, _guess(specimen, t, words), words, worker.places)
        for t in wanted
    ]
    return max(drafts, key=_fit)


def _fit(draft: Draft) -> tuple[float, int]:
    """How well a table fits: what its columns are taken for, and what of it stays empty."""
    found = sum(guess.score for guess in draft.guesses)
    required = sum(1 for column in draft.table.columns if column.required)
    return found - len(draft.lacking) / max(required, 1), -len(draft.table.columns)


def _guess(specimen: Specimen, table: Table, words: Vocabulary) -> tuple[Guess, ...]:
    """The best pairs of columns first; each column and each target is taken once."""
    named = [(header, facts) for header, facts in specimen.columns if header.strip()]
    pairs = list(_pairs(named, table, words, specimen.written.form))
    pairs.sort(key=lambda pair: (-pair.score, pair.header))
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for pair in pairs:
        target = pair.target.name if pair.target else f"{EVENT_TABLE}.{pair.event}"
        if pair.header not in taken and target not in used:
            taken[pair.header] = pair
            used.add(target)
    guesses = tuple(_settled(header, facts, taken.get(header), words) for header, facts in named)
    return _with_key(guesses, table)


def _with_key(guesses: tuple[Guess, ...], table: Table) -> tuple[Guess, ...]:
    """Where none is called like the table's own number: the first number that never repeats."""
    filled = {guess.target.name for guess in guesses if guess.target}
    key = next((c for c in table.columns if c.name in table.key and c.personal), None)
    if key is None or key.name in {*filled, MADE_NUMBER}:
        return guesses
    for place, guess in enumerate(guesses):
        is_free = not (guess.target or guess.event or guess.is_personal or guess.is_sender)
        is_number = guess.header.lower().strip().endswith(NUMBER_ENDINGS)
        if is_free and is_number and 0 < guess.facts.filled == guess.facts.distinct:
            found = replace(guess, target=key, score=LIKELY)
            return (*guesses[:place], found, *guesses[place + 1 :])
    return guesses


def _settled(header: str, facts: Facts, found: Guess | None, words: Vocabulary) -> Guess:
    """The guess for a column; what looks personal is never taken, whatever it is called."""
    is_key = found is not None and found.target is not None and bool(found.target.personal)
    name = plain(header)
    is_called_so = any(word in name for word in words.personal) or is_personal(header)
    if found and found.score >= SURE and (is_key or not facts.is_personal):
        return found
    if is_called_so or (facts.is_personal and not is_key):
        return Guess(header, facts, is_personal=True)
    if found:
        return found
    return Guess(header, facts, is_sender=name in words.sender)


def _pairs(
    named: list[tuple[str, Facts]], table: Table, words: Vocabulary, form: Form
) -> Iterator[Guess]:
    """Every column with every target that it may be, by what stands last in its name.

    That is the last key of a path, and the lowest level of a header of several.
    """
    for header, facts in named:
        is_path = form is not Form.TABLE
        last = header.rpartition(".")[2].removeprefix("@") if is_path else lowest(header)
        name = plain(MARGINAL.sub("", last)) or plain(last)
        for column in table.columns:
            names = words.columns.get((table.name, column.name), frozenset())
            likeness = max(_likeness(name, names), _told_by_labels(column, facts, words))
            score = likeness * _suits(column, facts)
            if score >= LIKELY:
                yield Guess(header, facts, target=column, score=score)
        if table.name == SUBMISSION_TABLE and (facts.dates or not facts.filled):
            # What a step is surely called tells of it, though most of it may say "not yet".
            least = LIKELY if facts.is_date or not facts.filled else 1.0
            for event, names in words.events.items():
                score = _likeness(name, names)
                if score >= least and event != "register":
                    yield Guess(header, facts, event=event, score=score)


def _likeness(name: str, names: frozenset[str]) -> float:
    """How much a name is like the best of others, 0 to 1."""
    if name in names:
        return 1.0
    alike = max((SequenceMatcher(None, name, n).ratio() for n in names), default=0.0) * SURE
    # What stands last in a Chinese name is what the thing is.
    is_kind = any(len(n) > 1 and name.endswith(n) for n in names)
    return max(alike, KIND if is_kind else 0.0)


def _told_by_labels(column: Column, facts: Facts, words: Vocabulary) -> float:
    """What labels tell of a code, whatever the column is called: `KIND` where they tell.

    Two thirds of them are known, and two at least, as one alone may stand in any list.
    """
    if column.type != "code":
        return 0.0
    codes = [words.code_of(label, column) for label in facts.labels]
    telling = [code for code in codes if code not in CATCH_ALL]
    known = sum(code != "" for code in telling)
    return KIND if known >= max(2, 2 / 3 * len(telling)) else 0.0


def _suits(column: Column, facts: Facts) -> float:
    """What is left of a name's worth, given what stands in the column."""
    if not facts.filled:
        return SURE
    if column.type in DATES:
        return 1.0 if facts.is_date else MISFIT
    if column.type in NUMBERS:
        return 1.0 if facts.is_number else MISFIT
    if column.type in {"code", "boolean"}:
        return 1.0 if facts.labels else MISFIT
    is_other = facts.is_date and not facts.is_number
    return MISFIT if is_other or (facts.is_unlike and not column.personal) else 1.0
