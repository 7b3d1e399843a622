"""Files that no rows were taken from, and why: what a person who dropped them must hear of.

A file may be turned away at the door (it is still being written, no source claims it, nobody can
tell whose it is) or when it is read. Both are listed in `<home>/warehouse/turned_away.json` as each
run leaves them, so that `petitions status` can repeat them. Nothing here reads a file's content.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from pipelines.ingest.durable import write_whole
from pipelines.ingest.manifest import read_manifests
from pipelines.ingest.namesakes import namesakes
from pipelines.ingest.personal import shown_name
from pipelines.ingest.reasons import refusal_sentence, remedy
from pipelines.ingest.receipts import read_receipt
from pipelines.ingest.vault import LandReport
from pipelines.settings import Home, Settings
from pipelines.words import Lang

HELD, UNCLAIMED = "HELD", "UNCLAIMED"
NAMELESS = "***"  # a file at the door whose name names a person
LIST_FILE = "turned_away.json"


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A file without rows: its name, a reason code, and what the code leaves open.

    `detail` is a header of the mapping, an offset or a number, never text from the file.
    """

    name: str
    reason: str
    detail: str = ""

    def sentence(self, lang: Lang) -> str:
        """File, what is wrong, what was expected and what to do, for who keeps the mappings."""
        told = refusal_sentence(self.reason, lang, file=self.name, detail=self.detail)
        return told + remedy(self.reason, lang, self.detail)


def list_turned_away(home: Home, landed: LandReport) -> list[TurnedAway]:
    """Write down and return the files that a run took no rows from, in order of name.

    Args:
        home: the installation; the vault's receipts tell what could not be read.
        landed: what landing found in the inbox.
    """
    places = namesakes(home, Settings.load(home))
    listed = {*_at_the_door(landed, places), *_when_read(home, places)}
    found = sorted(listed, key=lambda f: (f.name, f.reason))
    text = json.dumps([asdict(file) for file in found], ensure_ascii=False)
    write_whole(home.warehouse / LIST_FILE, text)
    return found


def read_turned_away(home: Home) -> list[TurnedAway]:
    """The list as the last run left it; empty where there was none."""
    try:
        rows = json.loads((home.warehouse / LIST_FILE).read_text(encoding="utf-8"))
        return [TurnedAway(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return []


def _at_the_door(landed: LandReport, places: frozenset[str]) -> Iterator[TurnedAway]:
    for name in landed.held:
        yield TurnedAway(shown_name(name, NAMELESS, places), HELD)
    for name in landed.unclaimed:
        yield TurnedAway(shown_name(name, NAMELESS, places), UNCLAIMED)
    for file in landed.refused:
        yield TurnedAway(shown_name(file.name, NAMELESS, places), file.reason, file.detail)


def _when_read(home: Home, places: frozenset[str]) -> Iterator[TurnedAway]:
    for manifest in read_manifests(home):
        receipt = read_receipt(home, manifest.sha256)
        if receipt is not None and receipt.refusal:
            name = shown_name(manifest.stated_by, manifest.file_id, places)
            yield TurnedAway(name, receipt.refusal, receipt.detail)
