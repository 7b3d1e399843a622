"""An explanation as a person reads it, line by line, in one language."""

from collections.abc import Iterator
from typing import Any

from pipelines.explain.explanation import Explanation
from pipelines.publish.site.dictionary import DEFINITION_PARTS
from pipelines.publish.site.wording import Interval, Names, Period, Speaker
from pipelines.screen import Screen
from pipelines.words import Lang, say

FLAGS = {
    "p": "PROVISIONAL",
    "r": "REVISED",
    "b": "BREAK",
    "e": "ESTIMATED",
    "u": "UNVERIFIED",
}


def show(found: Explanation, screen: Screen, *, asked_for_records: bool) -> None:
    """Print an explanation.

    Args:
        found: what stands behind a figure.
        screen: where to, and in which language.
        asked_for_records: whether a file of record numbers was asked for.
    """
    words = _Words(screen.lang)
    for line in (*words.figure(found), *words.definition(found)):
        screen.plain(line)
    if found.exports:
        screen.plain(words.say("EXPORTS"))
        screen.grid(
            ["SOURCE", "TABLE", "SENDERS", "FILE_COUNT", "AS_OF"],
            [
                (e["source"], e["table_name"], e["sender_count"], e["file_count"], _span(e))
                for e in found.exports
            ],
        )
    for line in (*words.query(found), *words.records(found, asked_for_records=asked_for_records)):
        screen.plain(line)


class _Words:
    """The parts of an explanation in one language; addresses, paths and queries as they are."""

    def __init__(self, lang: Lang) -> None:
        self._lang, self._speaker = lang, Speaker(lang)

    def say(self, key: str, **facts: object) -> str:
        return say(key if "." in key else f"explain.{key}", self._lang, **facts)

    def _name(self, row: dict[str, Any], name: str) -> str:
        zh = row[f"{name}_zh"]
        return self._speaker.name(Names(zh, row.get(f"{name}_en") or zh))

    def figure(self, found: Explanation) -> Iterator[str]:
        row, speaker = found.row, self._speaker
        yield found.figure
        title, measure = self._name(found.definition, "title"), self._name(found.measure, "title")
        yield title if measure == title else f"{title}{self.say('COLON')}{measure}"
        period = Period(row["period_kind"], row["period_start"], row["period_end"])
        parts = [self._name(row, "region"), speaker.period(period)]
        if by := row["by_name"]:
            parts.append(f"{speaker.code('by', by)} {speaker.code(by, row['by_value'])}")
        yield " · ".join(parts)
        if found.hidden_by:
            key = "HIDDEN_CURVE" if "curve_min_units" in found.hidden_by else "HIDDEN"
            yield self.say(key, **found.hidden_by)
            return
        if row["state"] == "ok":
            yield self._value(row)
        else:
            why = f"reasons.{row['reason']}" if row["reason"] else f"states.{row['state']}"
            yield self.say("NO_VALUE", reason=self.say(why))
        if flags := [self.say(f"states.{FLAGS[letter]}") for letter in row["flags"] or ""]:
            yield self.say("FLAGS", flags=self.say("COMMA").join(flags))

    def _value(self, row: dict[str, Any]) -> str:
        interval = Interval(row["low"], row["high"], row["conf_level"], row["unit"])
        value = self._speaker.amount(row["value"], row["unit"]) + self._speaker.interval(interval)
        terms = {name: f"{row[name] or 0:,}" for name in ("numerator", "denominator", "n")}
        key = "VALUE" if row["denominator"] is None else "VALUE_OF_TERMS"
        return self.say(key, value=value, exact=repr(row["value"]), **terms)

    def definition(self, found: Explanation) -> Iterator[str]:
        definition, facts = found.definition, found.release
        for part in DEFINITION_PARTS[:-1]:
            if definition.get(f"{part}_zh"):
                label = self.say(f"site.DEFINITION_{part}")
                yield f"{label}{self.say('COLON')}{self._name(definition, part)}"
        for rule in found.rules:
            source = self._name(rule, "legal_source")
            yield self.say("RULE", rule=rule["rule_id"], source=source)
        yield self.say("VERSION", version=definition.get("code_version") or "-")
        for change in found.changes:
            yield f"  {change['changed_on']}  {self._name(change, 'change')}"
        if definition["derived_from"]:
            yield self.say("DERIVED", sources=definition["derived_from"])
        yield self.say(
            "RELEASE",
            release=facts["release"],
            published=facts["published_at"] or "-",
            as_of=facts["as_of"],
            version=facts["version"],
            code=facts["code_sha256"][:16],
        )

    def query(self, found: Explanation) -> Iterator[str]:
        if sql := found.definition["facts_sql"]:
            yield self.say("QUERY")
            yield from (f"  {line}" for line in sql.splitlines())

    def records(self, found: Explanation, *, asked_for_records: bool) -> Iterator[str]:
        if found.records:
            yield self.say("RECORDS", files=found.files, records=found.records)
            if found.ends_at_files:
                yield self.say("ENDS_AT_FILES", tables=", ".join(found.ends_at_files))
        elif found.hidden_by:
            if asked_for_records:
                yield self.say("RECORDS_HIDDEN")
        elif found.row["state"] == "ok" and found.definition["facts_sql"]:
            yield self.say("RECORDS_HOW")


def _span(export: dict[str, Any]) -> str:
    first, last = export["earliest_as_of"], export["latest_as_of"]
    return str(last) if first == last else f"{first} – {last}"
