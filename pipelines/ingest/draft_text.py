"""A drafted mapping as YAML, with a remark wherever a person has to look."""

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.contract import Column
from pipelines.ingest.draft import SURE, Draft, Guess
from pipelines.ingest.format import Form
from pipelines.ingest.personal import is_personal
from pipelines.ingest.source import EVENT_TABLE, Places, Shape
from pipelines.ingest.vocabulary import CODE_WORDS
from pipelines.ingest.written_dates import YEAR_FIRST
from pipelines.words import Lang, UserError, load_words, say

TODO = "# TODO"
BARE = re.compile(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff（）]*")
RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
SENDER_IN_NAME = re.compile(r"^(?P<sender>[0-9A-Za-z]+)_")
DAYS_IN_NAME = (
    (re.compile(r"(?:^|[^0-9])(20[0-9]{6})(?:[^0-9]|$)"), "(?P<as_of>20[0-9]{6})", "%Y%m%d"),
    (
        re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})"),
        "(?P<as_of>20[0-9]{2}-[0-9]{2}-[0-9]{2})",
        "%Y-%m-%d",
    ),
)
# Between the words of a file's name; what it says of a period would keep the next one's file out.
NO_WORD = re.compile(
    r"(?:[0-9]+年度?|[0-9]{1,2}月份?|[0-9]{1,2}日|第?[一二三四1-4]季度|[上下]半年|[0-9_\-\s()（）.])+"
)
ENOUGH, HALF = 0.999, 0.5


def draft_text(draft: Draft, lang: Lang, name: str = "draft") -> str:
    """The mapping.

    Args:
        draft: what was guessed.
        lang: of the remarks.
        name: of the source.
    """
    writer = _Writer(draft, lang, name)
    return "".join(f"{line}\n" for line in writer.lines())


def write_draft(path: Path, text: str) -> None:
    """Write a draft where there is none: what somebody has edited is never overwritten.

    Raises:
        UserError: the file is there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UserError("ingest.DRAFT_EXISTS", file=path) from None


class _Writer:
    """Writes a draft line by line."""

    def __init__(self, draft: Draft, lang: Lang, name: str) -> None:
        self.draft, self.lang, self.name = draft, lang, name

    def say(self, key: str, **facts: object) -> str:
        return say(f"ingest.DRAFT_{key}", self.lang, **facts)

    def todo(self, key: str, **facts: object) -> str:
        return f"{TODO}: {self.say(key, **facts)}"

    def lines(self) -> Iterator[str]:
        draft, table = self.draft, self.draft.table
        yield f"# {self.say('HEAD', rows=draft.specimen.rows)}"
        yield f"source: {_quoted(self.name)}"
        title = self._title()
        yield f"title: {{zh: {title}, en: {title}}}  {self.todo('TITLE')}"
        remark = f"  {self.todo('SNAPSHOT')}" if draft.shape is Shape.SNAPSHOT else ""
        yield f"shape: {draft.shape}{remark}"
        yield f"table: {table.name}  # {getattr(table.title, self.lang)}"
        yield f"files: [{self._pattern()}]"
        yield self._format()
        yield from self._origins()
        yield from self._missing()
        yield from self._constants()
        yield "columns:"
        for guess in draft.guesses:
            yield from self._column(guess)

    def _title(self) -> str:
        stem = self._stem()
        return _quoted(stem or getattr(self.draft.table.title, self.lang))

    def _stem(self) -> str:
        """The longest word of the file's name; empty where it may name a person."""
        stem = PurePosixPath(self.draft.file).name.partition(".")[0]
        if is_personal(stem, self.draft.places):
            return ""
        rest = stem.removeprefix(_sender_in(stem))
        return max(NO_WORD.split(rest), key=len, default="")

    def _pattern(self) -> str:
        suffix = PurePosixPath(self.draft.file).suffix.lower()
        return json.dumps(f"*{self._stem()}*{suffix}".replace("**", "*"), ensure_ascii=False)

    def _format(self) -> str:
        written, decoded = self.draft.specimen.written, self.draft.specimen.decoded
        is_table = written.form is Form.TABLE
        depth = len(decoded.heading.rows)
        parts = [] if is_table else [f"form: {written.form}"]
        remark = ""
        if decoded.encoding:
            parts.append(f"encoding: [{decoded.encoding}]")
            remark = f"  # {self.say('ENCODING', share=f'{decoded.confidence or 0:.0%}')}"
        if is_table and decoded.encoding:
            parts.append(f"delimiter: {json.dumps(decoded.text_delimiter)}")
        if is_table:
            parts.append(f"header_row: {decoded.heading.end - depth + 1}")
        if depth > 1:
            parts.append(f"header_rows: {depth}")
            remark = f"  {self.todo('HEADER_ROWS')}"
        if written.records:
            parts.append(f"records: {_quoted('.'.join(written.records))}")
        if written.sheet:
            parts.append(f"sheet: {written.sheet}")
            remark = f"  {self.todo('SHEET')}"
        return f"format: {{{', '.join(parts)}}}{remark}"

    def _origins(self) -> Iterator[str]:
        stem = PurePosixPath(self.draft.file).name
        sender = next((g.header for g in self.draft.guesses if g.is_sender), "")
        if sender and self.draft.shape is not Shape.SNAPSHOT:
            yield f"sender: {{from: column, column: {_quoted(sender)}}}"
        elif _sender_in(stem):
            pattern = json.dumps(SENDER_IN_NAME.pattern)
            yield f"sender: {{from: name, pattern: {pattern}}}"
        else:
            yield f"sender: {{from: sidecar}}  {self.todo('SENDER')}"
        for seen, pattern, written in DAYS_IN_NAME:
            if seen.search(stem):
                yield f'as_of: {{from: name, pattern: "{pattern}", format: "{written}"}}'
                break
        else:
            yield f"as_of: {{from: sidecar}}  {self.todo('AS_OF')}"
        yield f"period: {{from: all}}  # {self.say('PERIOD')}"
        if self._names_places():
            yield f"places: {Places.NAMES}  {self.todo('PLACES')}"

    def _names_places(self) -> bool:
        """Whether what is taken for the place of a record is hardly ever a code."""
        return any(
            guess.target and guess.target.name == "region_code" and guess.facts.numbers < HALF
            for guess in self.draft.guesses
            if guess.facts.filled
        )

    def _missing(self) -> Iterator[str]:
        blanks = sorted({text for g in self.draft.guesses for text in g.facts.blanks} - {""})
        listed = ", ".join(json.dumps(text, ensure_ascii=False) for text in ["", " ", *blanks])
        remark = f"  {self.todo('MISSING')}" if blanks else ""
        yield f"missing: [{listed}]{remark}"
        if days := self.draft.placeholders:
            yield f"missing_dates: {json.dumps(days)}  {self.todo('MISSING_DATES')}"

    def _constants(self) -> Iterator[str]:
        lacking = self.draft.lacking
        if office := next((c.name for c in lacking if c.name.endswith("office_id")), ""):
            yield f'constants: {{{office}: "{{sender}}"}}  # {self.say("OFFICE")}'
        for column in lacking:
            if column.name != office:
                meaning = getattr(column.words, self.lang)
                yield self.todo("LACKING", column=column.name, meaning=meaning)

    def _column(self, guess: Guess) -> Iterator[str]:
        header = _quoted(guess.header)
        if guess.is_personal:
            shown = header if not is_personal(guess.header) else ""
            yield f"  {shown}: {{personal: drop}}" if shown else f"  {self.todo('PERSON_HEADER')}"
            return
        if not guess.target and not guess.event:
            if guess.is_sender:
                yield (
                    f"  {header}: {{to: office_id}}"
                    if not self._fills("office_id")
                    else (f"  # {header}: {self.say('SENDER_COLUMN')}")
                )
                return
            yield f"  # {header}: {{to: …}}  {self.todo('UNMATCHED', kind=self._kind(guess))}"
            return
        yield from self._taken(header, guess)

    def _fills(self, target: str) -> bool:
        return any(g.target and g.target.name == target for g in self.draft.guesses)

    def _taken(self, header: str, guess: Guess) -> Iterator[str]:
        target = guess.target
        doubt = (
            "" if guess.score >= SURE else f"  {self.todo('UNSURE', share=f'{guess.score:.0%}')}"
        )
        parts = [f"to: {target.name if target else f'{EVENT_TABLE}.{guess.event}'}"]
        if target and target.required:
            parts.append("required: true")
        if guess.is_dated:
            forms, remark = self._dates(guess)
            parts.append(f"dates: [{forms}]")
            doubt = doubt or remark
            if words := guess.facts.words:
                parts.append(f"missing: {json.dumps(words, ensure_ascii=False)}")
                doubt += f"  {self.todo('MISSING')}"
        if target is None or target.type not in {"code", "boolean"}:
            yield f"  {header}: {{{', '.join(parts)}}}{doubt}"
            return
        yield f"  {header}:{doubt}"
        yield from (f"    {part}" for part in parts)
        yield "    values:"
        yield from self._values(guess)

    def _values(self, guess: Guess) -> Iterator[str]:
        if guess.target is None:
            return
        unknown = "unknown" if "unknown" in guess.target.codes else ""
        count = 0
        words = self.draft.words
        meant = {label: words.code_of(label, guess.target) for label in guess.facts.labels}
        if not all(meant.values()) and guess.target.codes:
            yield f"      # {self._codes(guess.target)}"
        for label, code in meant.items():
            if code or unknown:
                remark = "" if code else f"  {self.todo('LABEL')}"
                yield f"      {_quoted(label)}: {code or unknown}{remark}"
                count += 1
            else:
                yield f"      # {_quoted(label)}: …  {self.todo('LABEL')}"
        if not count:
            codes = guess.target.codes or ("true", "false")
            yield f"      {_quoted('…')}: {codes[0]}  {self.todo('LABELS', codes=', '.join(codes))}"

    def _codes(self, column: Column) -> str:
        """The codes of a column, each with its name if it has one."""
        words = load_words()
        names = ((code, words.get(CODE_WORDS + code)) for code in column.codes)
        named = [f"{code} = {name[self.lang]}" if name else code for code, name in names]
        return self.say("CODES", codes=("；" if self.lang is Lang.ZH else "; ").join(named))

    def _dates(self, guess: Guess) -> tuple[str, str]:
        shares = sorted(guess.facts.dates, key=lambda pair: -pair[1])
        chosen = [form for form, share in shares if form == YEAR_FIRST and share > 0]
        enough = ENOUGH * max((share for _, share in shares), default=1.0)
        whole = [form for form, share in shares if share >= enough and form != YEAR_FIRST]
        if not chosen:
            chosen = whole[:1] or [YEAR_FIRST]
        orders = {form[:2] for form in whole if form.startswith(("%m/", "%d/"))}
        remark = f"  {self.todo('DATE_ORDER')}" if len(orders) > 1 else ""
        named = ", ".join(f if f in {YEAR_FIRST, "excel"} else json.dumps(f) for f in chosen)
        return named, remark

    def _kind(self, guess: Guess) -> str:
        facts = guess.facts
        kinds = {
            "DATES": facts.is_date,
            "NUMBERS": facts.is_number,
            "LABELS_KIND": bool(facts.labels),
        }
        kind = next((name for name, holds in kinds.items() if holds), "TEXTS")
        return self.say(kind, count=facts.distinct)


def _sender_in(stem: str) -> str:
    """What may name the office at the beginning of a file's name; what follows must name it too."""
    found = SENDER_IN_NAME.match(stem)
    is_code = found and any(map(str.isdecimal, found[0]))
    rest = stem[found.end() :].partition(".")[0] if found else ""
    return found[0] if found and is_code and any(NO_WORD.split(rest)) else ""


def _quoted(text: str) -> str:
    """A text as a YAML scalar."""
    if BARE.fullmatch(text) and text.lower() not in RESERVED:
        return text
    return json.dumps(text, ensure_ascii=False)
