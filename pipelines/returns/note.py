"""The note that goes back to an office (回执): what came in, what is missing, what was refused.

Counts, names of the office's own files and reason codes; no content. One note speaks of one office
only, beside the day that the others have got to.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from pipelines.ingest.reasons import refusal_sentence
from pipelines.ingest.source import Source
from pipelines.words import Lang, say

RULER = "-" * 40


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that came in and what became of its records."""

    name: str
    source: str
    as_of: datetime
    records: int
    current: int
    replaced: int
    refused: int


@dataclass(frozen=True, slots=True)
class Note:
    """All that an office is told.

    Attributes:
        sender: the office.
        files: what came in of it, in order of name.
        turned_away: name, source, reason code and detail of its files that no row was taken from.
        missing: names of sources that most offices send, several of them, and this one never did.
        late: source, the office's own extract and the latest of all offices.
        gaps: source, first and last day that no file covers.
        reasons: reason codes of the records that go back, with how many have each.
        remarks: the same of records that were taken all the same.
        returned: records in the workbooks that come with the note.
    """

    sender: str
    files: tuple[FileLine, ...]
    turned_away: tuple[tuple[str, str, str, str], ...]
    missing: tuple[str, ...]
    late: tuple[tuple[str, datetime, datetime], ...]
    gaps: tuple[tuple[str, date, date], ...]
    reasons: tuple[tuple[str, int], ...]
    remarks: tuple[tuple[str, int], ...]
    returned: int

    def text(self, sources: dict[str, Source]) -> str:
        """The note in Chinese, then in English."""
        return f"\n{RULER}\n\n".join(
            "".join(f"{line}\n" for line in _lines(self, _Speaker(lang, sources))) for lang in Lang
        )


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says things in one language."""

    lang: Lang
    sources: dict[str, Source]

    def say(self, key: str, **facts: object) -> str:
        return say(f"returns.{key}", self.lang, **facts)

    def title(self, source: str) -> str:
        known = self.sources.get(source)
        return getattr(known.title, self.lang) if known else source


def _lines(note: Note, speaker: _Speaker) -> Iterator[str]:
    yield speaker.say("NOTE", sender=note.sender)
    yield ""
    yield from _received(note, speaker)
    yield from _outstanding(note, speaker)
    yield ""
    yield speaker.say("REFUSED" if note.reasons else "NONE_REFUSED")
    yield from _reasons(note.reasons, speaker)
    if note.remarks:
        yield speaker.say("REMARKED")
        yield from _reasons(note.remarks, speaker)
    if note.returned:
        yield ""
        yield speaker.say("HOW_TO_REPAIR", count=note.returned)


def _received(note: Note, speaker: _Speaker) -> Iterator[str]:
    count, unread = len(note.files) + len(note.turned_away), len(note.turned_away)
    key = "NO_FILES" if not count else "FILES_UNREAD" if unread else "FILES"
    yield speaker.say(key, count=count, unread=unread)
    for file in note.files:
        yield speaker.say(
            "FILE",
            name=file.name,
            title=speaker.title(file.source),
            as_of=f"{file.as_of:%Y-%m-%d}",
            records=file.records,
            current=file.current,
            replaced=file.replaced,
            refused=file.refused,
        )
    for name, _, reason, detail in note.turned_away:
        yield f"  {refusal_sentence(reason, speaker.lang, file=name, detail=detail)}"


def _outstanding(note: Note, speaker: _Speaker) -> Iterator[str]:
    for source in note.missing:
        yield speaker.say("MISSING", title=speaker.title(source))
    for source, first, last in note.gaps:
        yield speaker.say("GAP", title=speaker.title(source), first=first, last=last)
    for source, own, latest in note.late:
        yield speaker.say(
            "LATE",
            title=speaker.title(source),
            own=f"{own:%Y-%m-%d}",
            latest=f"{latest:%Y-%m-%d}",
            days=(latest.date() - own.date()).days,
        )


def _reasons(counts: tuple[tuple[str, int], ...], speaker: _Speaker) -> Iterator[str]:
    for reason, count in counts:
        what = say(f"ingest.{reason}", speaker.lang)
        yield speaker.say("REASON", what=what, reason=reason, count=count)


def read_senders(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The offices that sent whole files, in order.

    Args:
        con: the staging database.
    """
    query = "select distinct sender_id from ops.files where sender_id <> '' order by sender_id"
    return [row[0] for row in con.execute(query).fetchall()]


def read_note(
    con: duckdb.DuckDBPyConnection,
    sender: str,
    turned_away: tuple[tuple[str, str, str, str], ...],
    reasons: Counter[str],
    returned: int,
) -> Note:
    """What an office is to be told.

    Args:
        con: the staging database.
        sender: the office.
        turned_away: name, source, reason code and detail of its files that no row was taken from.
        reasons: reason codes of the records that go back.
        returned: how many those are.
    """
    who = {"sender": sender}
    unread = {source for _, source, _, _ in turned_away}  # they were sent
    return Note(
        sender=sender,
        files=tuple(FileLine(*row) for row in con.execute(_FILES, who).fetchall()),
        turned_away=turned_away,
        missing=tuple(s for (s,) in con.execute(_MISSING, who).fetchall() if s not in unread),
        late=tuple((s, own, latest) for s, own, latest in con.execute(_LATE, who).fetchall()),
        gaps=tuple(
            (source, until, start - timedelta(days=1))
            for source, until, start in con.execute(_GAPS, who).fetchall()
        ),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        remarks=tuple((reason, n) for reason, n in con.execute(_REMARKS, who).fetchall()),
        returned=returned,
    )


_FILES = """
    select name, source, as_of, files.records, current_count, superseded_count + duplicate_count,
        quarantined_count
    from ops.files as files
    join quarantine.fates using (file_id, table_name)
    where sender_id = $sender and made_from = ''
    order by name, as_of
"""
_MISSING = """
    select source
    from ops.files
    where sender_id <> ''
    group by source
    having
        2 * count(distinct sender_id)
        > (select count(distinct sender_id) from ops.files where sender_id <> '')
        and count(distinct sender_id) > 1
        and not bool_or(sender_id = $sender)
    order by source
"""
_LATE = """
    select source, max(as_of) filter (where sender_id = $sender) as own, max(as_of) as latest
    from ops.files
    group by source
    having cast(own as date) < cast(latest as date)
    order by source
"""
_GAPS = """
    select source, covered_until, period_start
    from (
        select source, period_start, max(period_end) over (
            partition by source order by period_start
            rows between unbounded preceding and 1 preceding
        ) as covered_until
        from ops.files
        where sender_id = $sender and made_from = '' and period_start is not null
    )
    where period_start > covered_until
    order by source, period_start
"""
_REMARKS = """
    select reason_code, count(distinct (file_id, record_no)) as n
    from quarantine.records
    join ops.files using (file_id, table_name)
    where sender_id = $sender and severity = 'warning'
    group by reason_code
    order by n desc, reason_code
"""
