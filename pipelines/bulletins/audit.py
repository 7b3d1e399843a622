"""The auditor of bulletins: every claim of a bulletin with its finding, in words.

Whether a claim holds is asked in `relations`; here findings become sentences and one answer for the
whole file, for a person and for a program.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.bulletins.bulletin import Bulletin, Figure, load_bulletin
from pipelines.bulletins.relations import Finding, Verdict, check_relation
from pipelines.words import Lang, say

MARKS = {
    Verdict.CONSISTENT: "✓",
    Verdict.CAUTION: "!",
    Verdict.NOT_COMPARABLE: "–",
    Verdict.CONTRADICTS: "✗",
}
SEPARATOR = {Lang.ZH: "、", Lang.EN: ", "}


@dataclass(frozen=True, slots=True)
class Audit:
    """A bulletin and what was found in it, in the order of its relations."""

    bulletin: Bulletin
    findings: tuple[Finding, ...]

    @property
    def is_consistent(self) -> bool:
        """Whether no claim is contradicted."""
        return self.count(Verdict.CONTRADICTS) == 0

    def count(self, verdict: Verdict) -> int:
        """How many relations have that verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    def lines(self, lang: Lang) -> list[str]:
        """Every finding as a line for a person, between the title and the verdict on the whole."""
        told = [
            f"  {MARKS[found.verdict]} {say(f'audit.VERDICT_{found.verdict}', lang)}  "
            f"{sentence(found, lang)}"
            for found in self.findings
        ]
        about = {"source": self.bulletin.source, "published_on": self.bulletin.published_on}
        key = "CONSISTENT" if self.is_consistent else "CONTRADICTS"
        counts = {"count": len(self.findings), "bad": self.count(Verdict.CONTRADICTS)}
        title = say("audit.TITLE", lang, title=self.bulletin.title[lang], **about)
        return [title, *told, say(f"audit.{key}", lang, **counts)]

    def answer(self, lang: Lang) -> dict[str, Any]:
        """For a program: the whole verdict, and the findings with what they rest on."""
        return {
            "title": self.bulletin.title[lang],
            "source": self.bulletin.source,
            "published_on": self.bulletin.published_on,
            "is_consistent": self.is_consistent,
            "counts": {verdict.value: self.count(verdict) for verdict in Verdict},
            "findings": [
                {
                    "relation": finding.relation.number,
                    "kind": finding.relation.kind.value,
                    "verdict": finding.verdict.value,
                    "code": finding.key,
                    "figures": [figure.id for figure in finding.relation.figures],
                    "sentence": sentence(finding, lang),
                    **finding.facts,
                }
                for finding in self.findings
            ],
        }


def audit_bulletin(path: Path) -> Audit:
    """Check every relation that a bulletin claims.

    Raises:
        UserError: the file cannot be used (`load_bulletin`).
    """
    bulletin = load_bulletin(path)
    return Audit(bulletin, tuple(check_relation(relation) for relation in bulletin.relations))


def sentence(finding: Finding, lang: Lang) -> str:
    """The finding in words; figures are named with what was printed."""
    named = {
        role: SEPARATOR[lang].join(_named(figure, lang) for figure in figures)
        for role, figures in finding.figures.items()
    }
    return say(f"audit.{finding.key}", lang, **named, **finding.facts)


def _named(figure: Figure, lang: Lang) -> str:
    title = figure.title[lang]
    return f"{title}（{figure.printed}）" if lang is Lang.ZH else f"{title} ({figure.printed})"
