"""The manifest of an original: what the vault knows of it, one small JSON file per object.

Which bytes an office sent is the object; under which names, by whom and as of when is the manifest.
What was read from the bytes is in the receipt (`receipts.py`).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from typing import Any, Self

from pipelines.ingest.durable import write_durably
from pipelines.ingest.provenance import Provenance
from pipelines.ingest.survey import Survey
from pipelines.settings import Home

FILE_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Listing:
    """A name under which a list of what is open came: by whom, and when it was the list."""

    name: str
    sender_id: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """An original in the vault.

    Attributes:
        sha256: of its bytes; also the name of the object.
        bytes: its size.
        names: every name below the inbox that it came under, sorted.
        stated_by: the name that source and provenance were taken from.
        source: name of the source that claims it.
        provenance: sender, extract moment and period.
        survey: what its bytes are, for text; none for workbooks and other binary files.
        listings: of a list of what is open, every name that it came under, in order: the same list
            sent again does say something about a later day, that nothing has changed.
    """

    sha256: str
    bytes: int
    names: tuple[str, ...]
    stated_by: str
    source: str
    provenance: Provenance
    survey: Survey | None
    listings: tuple[Listing, ...] = ()

    @property
    def file_id(self) -> str:
        """The short name of the original in every table."""
        return self.sha256[:FILE_ID_LENGTH]

    def merge(self, other: "Manifest") -> "Manifest":
        """One manifest for the same bytes, this one being the older.

        The same bytes sent again say nothing about a later day, so the earliest extract moment
        stands and the name decides a tie: it does not matter which came first. What is said anew
        about the same name, by a mended mapping or a sidecar, takes the place of what was said.
        """
        first = other
        if other.stated_by != self.stated_by:
            both = (self, other)
            first = min(both, key=lambda m: (str(m.provenance.as_of or "never"), m.stated_by))
        return replace(
            first,
            names=tuple(sorted({*self.names, *other.names})),
            survey=other.survey or self.survey,
            listings=self._listed_with(other),
        )

    def _listed_with(self, other: "Manifest") -> tuple[Listing, ...]:
        by_name = {listing.name: listing for listing in (*self.listings, *other.listings)}
        return tuple(by_name[name] for name in sorted(by_name))

    def to_json(self) -> dict[str, Any]:
        """Plain values, dates in ISO 8601."""
        facts = self.provenance
        return {
            "sha256": self.sha256,
            "file_id": self.file_id,
            "bytes": self.bytes,
            "names": list(self.names),
            "stated_by": self.stated_by,
            "source": self.source,
            "sender_id": facts.sender_id,
            "period_start": facts.period_start and facts.period_start.isoformat(),
            "period_end": facts.period_end and facts.period_end.isoformat(),
            "as_of": facts.as_of and facts.as_of.isoformat(sep=" "),
            "stated_sha256": facts.sha256,
            "stated_records": facts.records,
            "survey": self.survey and self.survey.facts(),
            "listings": [
                [listing.name, listing.sender_id, listing.as_of.isoformat(sep=" ")]
                for listing in self.listings
            ],
        }

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Self:
        """The manifest that `to_json` wrote."""
        start, end, as_of = facts["period_start"], facts["period_end"], facts["as_of"]
        return cls(
            sha256=facts["sha256"],
            bytes=facts["bytes"],
            names=tuple(facts["names"]),
            stated_by=facts["stated_by"],
            source=facts["source"],
            provenance=Provenance(
                sender_id=facts["sender_id"],
                as_of=datetime.fromisoformat(as_of) if as_of else None,
                period_start=date.fromisoformat(start) if start else None,
                period_end=date.fromisoformat(end) if end else None,
                sha256=facts.get("stated_sha256", ""),
                records=facts.get("stated_records"),
            ),
            survey=Survey.from_facts(facts["survey"]) if facts["survey"] else None,
            listings=tuple(
                Listing(name, sender, datetime.fromisoformat(as_of))
                for name, sender, as_of in facts.get("listings", ())
            ),
        )


def object_path(home: Home, sha256: str) -> Path:
    """Where the original with this hash lies."""
    return home.vault / "objects" / sha256[:2] / sha256


def manifest_path(home: Home, sha256: str) -> Path:
    """Where its manifest lies."""
    return home.vault / "files" / f"{sha256}.json"


def read_manifests(home: Home) -> Iterator[Manifest]:
    """The manifest of every original, in order of hash."""
    for path in sorted((home.vault / "files").glob("*.json")):
        yield Manifest.from_json(json.loads(path.read_text(encoding="utf-8")))


def record_manifest(home: Home, manifests: Iterable[Manifest]) -> None:
    """Write the manifests of one object as one, merged with what is there.

    What would not change is not written.
    """
    merged = reduce(Manifest.merge, manifests)
    path = manifest_path(home, merged.sha256)
    if path.exists():
        old = Manifest.from_json(json.loads(path.read_text(encoding="utf-8")))
        merged = old.merge(merged)
        if merged == old:
            return
    write_durably(path, json.dumps(merged.to_json(), ensure_ascii=False, indent=1) + "\n")
