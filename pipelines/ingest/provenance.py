"""Who sent a file, for which period, and as of when: facts that every open-case figure hangs on.

They come from where the mapping says (name, folder, sidecar, or fixed); a sidecar beside the file
(`<file name>.meta.yml`) wins over all of these, because someone wrote it for this very file. It may
also say what the file must be (`sha256`) and how many records it must hold (`records`), so that one
cut short on its way is not taken. Facts that stand in a column are read when the rows are
(`landing.py`).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Self
from zoneinfo import ZoneInfo

import yaml

from pipelines.ingest.personal import is_personal
from pipelines.ingest.reasons import FileReason, Refused
from pipelines.ingest.source import From, Origin, Source

SIDECAR_SUFFIX = ".meta.yml"
SIDECAR_FACTS = {"sender", "as_of", "start", "end", "sha256", "records"}
_SHA256 = re.compile("[0-9a-fA-F]{64}")
_COUNT = re.compile("[0-9]{1,18}")
_CLOCK = re.compile(r"%[HIMScX]")
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Facts about a whole file.

    Attributes:
        sender_id: the submitting office; empty where each row names it.
        as_of: the extract moment, wall time in the home's zone; none where each row has its own.
        period_start: first day of the period that the file covers; none for the whole history.
        period_end: the day after the last one; none for "up to the extract".
        sha256: hash that its bytes must have, where the sender says so.
        records: how many records it must hold, where the sender says so.
    """

    sender_id: str
    as_of: datetime | None
    period_start: date | None = None
    period_end: date | None = None
    sha256: str = ""
    records: int | None = None

    @classmethod
    def of(
        cls,
        source: Source,
        name: str,
        sidecar: str | None,
        zone: str,
        places: Collection[str] = (),
    ) -> Self:
        """Work out the facts for a file.

        Args:
            source: its mapping.
            name: its name below the inbox.
            sidecar: the text of the sidecar where there is one.
            zone: the home's time zone.
            places: names of places that are like a person's (`namesakes.py`).

        Raises:
            Refused: sender or extract moment is not where it should be, or a fact is not in the
                form that it must have.
        """
        stated = _read_sidecar(sidecar)
        sender = _fact(source.sender, "sender", name, stated)
        as_of = _fact(source.as_of, "as_of", name, stated)
        start = _fact(source.period, "start", name, stated)
        end = _fact(source.period, "end", name, stated)
        is_lacking = sender is None and source.sender.kind is not From.COLUMN
        if is_lacking or is_personal(sender or "", places):
            raise Refused(FileReason.NAME, "sender")
        if as_of is None and source.as_of.kind is not From.COLUMN:
            raise Refused(FileReason.NAME, "as_of")
        own_zone = ZoneInfo(source.zone or zone)
        as_of_format = "" if "as_of" in stated else source.as_of.format
        period_format = "" if {"start", "end"} & set(stated) else source.period.format
        return cls(
            sender_id=sender or "",
            as_of=None if as_of is None else _moment(as_of, as_of_format, own_zone, ZoneInfo(zone)),
            period_start=_day(start, period_format, "start"),
            period_end=_day(end, period_format, "end", days=1),
            sha256=_written(stated, "sha256", _SHA256).lower(),
            records=int(count) if (count := _written(stated, "records", _COUNT)) else None,
        )


def _fact(origin: Origin, fact: str, name: str, stated: Mapping[str, str]) -> str | None:
    if fact in stated:
        return stated[fact]
    match origin.kind:
        case From.NAME:
            found = re.search(origin.pattern, PurePosixPath(name).name)
            return found[fact] if found else None
        case From.FOLDER:
            folders = PurePosixPath(name).parts[:-1]
            return folders[-1] if folders else None
        case From.FIXED:
            return dict(origin.values)[fact]
        case _:
            return None


def _read_sidecar(text: str | None) -> dict[str, str]:
    if text is None:
        return {}
    try:
        # A loader that builds nothing but text, lists and mappings.
        facts = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - see above
    except (yaml.YAMLError, RecursionError):  # the latter for a thousand brackets
        facts = None
    if not isinstance(facts, dict) or not facts or set(facts) - SIDECAR_FACTS:
        raise Refused(FileReason.NAME, SIDECAR_SUFFIX)
    if not all(isinstance(value, str) for value in facts.values()):
        raise Refused(FileReason.NAME, SIDECAR_SUFFIX)
    return facts


def _written(stated: Mapping[str, str], fact: str, form: re.Pattern[str]) -> str:
    """A fact that only a sidecar can state, empty where it does not."""
    text = stated.get(fact, "").strip()
    if fact in stated and not form.fullmatch(text):
        raise Refused(FileReason.NAME, fact)
    return text


def _moment(text: str, written: str, own: ZoneInfo, home: ZoneInfo) -> datetime:
    """A date alone means the end of that day: an extract of a day holds what the day brought."""
    try:
        parsed = (
            datetime.strptime(text, written).replace(tzinfo=own)
            if written
            else datetime.fromisoformat(text)
        )
    except ValueError:
        raise Refused(FileReason.NAME, "as_of") from None
    is_day = not _CLOCK.search(written) if written else len(text) <= len("2026-10-31")
    if is_day:
        parsed = datetime.combine(parsed.date(), END_OF_DAY, tzinfo=parsed.tzinfo)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=own)
    try:
        return aware.astimezone(home).replace(tzinfo=None)
    except OverflowError:  # before the first day or after the last that there is
        raise Refused(FileReason.NAME, "as_of") from None


def _day(text: str | None, written: str, fact: str, days: int = 0) -> date | None:
    """The day that is written, or one so many days later."""
    if text is None:
        return None
    try:
        day = (
            datetime.strptime(text, written).date()  # noqa: DTZ007 - a calendar day has no zone
            if written
            else date.fromisoformat(text)
        )
        return day + timedelta(days=days)
    except (ValueError, OverflowError):
        raise Refused(FileReason.NAME, fact) from None
