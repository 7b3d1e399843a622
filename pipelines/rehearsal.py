"""A run that is only tried: what would come in, what would be refused, which figures would change.

It works on a copy of the home, in the vault and gone afterwards: of the home itself nothing
changes, and nothing is published. The copy costs little, because originals and landed rows are
shared as links; what has landed before is not read again.
"""

import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.answers import failed_checks, top_reasons, warehouse
from pipelines.ingest.durable import make_private_folder
from pipelines.ingest.lock import writer_lock
from pipelines.ingest.originals import scratch_folder
from pipelines.ingest.reasons import remedy
from pipelines.ingest.receipts import COUNTS, Fate, receipts, totals
from pipelines.ingest.turned_away import TurnedAway, read_turned_away
from pipelines.privacy.pseudonyms import KEY_VARIABLE, key_file
from pipelines.publish.comparison import Comparison, compare_with
from pipelines.publish.pointer import current_release
from pipelines.run import Installation, demand_originals, land_files, run_to_gate
from pipelines.screen import Screen, formatted
from pipelines.settings import Home
from pipelines.words import say

SHARED = ("vault/objects", "vault/files", "vault/receipts", "vault/refused", "warehouse/landing")
BORROWED = ("inbox", "sources", "reference", "published", "petitions.toml")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run would do.

    Attributes:
        new: files whose bytes were not in the vault.
        receipts: what would become of the records of each file and table.
        turned_away: files that no rows would be taken from.
        reasons: reason codes of refused records, and how many have each.
        failed: blocking checks that would not pass: nothing would be published.
        release: the release that the figures are compared with; empty where there is none.
        comparison: what would change in it.
    """

    new: list[str]
    receipts: list[Fate]
    turned_away: list[TurnedAway]
    reasons: list[tuple[str, int]]
    failed: list[str]
    release: str
    comparison: Comparison

    def show(self, screen: Screen) -> None:
        """Print it for a person."""
        columns = ["FILE", "TABLE", "SENDER", *map(str.upper, COUNTS)]
        screen.say("WOULD_LAND", count=len(self.new))
        screen.grid(
            columns,
            [(f.file, f.table, f.sender, *(getattr(f, count) for count in COUNTS))
             for f in self.receipts if f.file in self._new_names],
        )  # fmt: skip
        screen.turned_away(self.turned_away)
        screen.say("ACCOUNTED", **formatted(totals(self.receipts)))
        for reason, count in self.reasons:
            what = say(f"ingest.{reason}", screen.lang) + remedy(reason, screen.lang)
            screen.say("QUARANTINED", reason=reason, count=f"{count:,}", what=what)
        if self.failed:
            screen.fail(
                say(
                    "cli.WOULD_FAIL",
                    screen.lang,
                    count=len(self.failed),
                    checks=", ".join(self.failed),
                )
            )
        self._show_figures(screen)
        screen.say("NOTHING_PUBLISHED")

    @property
    def _new_names(self) -> set[str]:
        return {name.rpartition("/")[2] for name in self.new}

    def _show_figures(self, screen: Screen) -> None:
        if not self.release:
            screen.say("NOTHING_TO_COMPARE")
            return
        moved = self.comparison.indicators
        screen.say("WOULD_CHANGE" if moved else "NO_CHANGE", release=self.release, count=len(moved))
        screen.comparison(self.comparison)


def rehearse(home: Home) -> Rehearsal:
    """Try a run.

    Raises:
        UserError: another run holds the lock, or the run would fail before its checks.
    """
    with writer_lock(home), _stage(home) as stage:
        # With a revision ordered, or every published figure would seem to stay.
        installation = Installation.at(stage.root, revise=True)
        landed = land_files(installation)
        demand_originals(stage, home.inbox)
        run_to_gate(installation)
        release = current_release(stage)
        with installation.staging() as con:
            comparison = compare_with(con, release) if release else Comparison((), ())
        with warehouse(stage) as con:
            return Rehearsal(
                new=list(landed.new),
                receipts=receipts(con),
                turned_away=read_turned_away(stage),
                reasons=top_reasons(con),
                failed=failed_checks(stage),
                release=release.id if release else "",
                comparison=comparison,
            )


@contextmanager
def _stage(home: Home) -> Generator[Home]:
    """A copy of the home that shares its originals and its key."""
    is_begun = home.vault.exists()
    folder = scratch_folder(home) / f"rehearsal-{secrets.token_hex(4)}"
    stage = Home(folder / "home")
    for each in (home.vault, scratch_folder(home), folder, stage.root, stage.vault):
        make_private_folder(each)
    key, usual = key_file(home), os.environ.get(KEY_VARIABLE)
    try:
        _furnish(stage, home)
        os.environ[KEY_VARIABLE] = str(key if key.exists() else folder / "key")
        yield stage
    finally:
        os.environ.pop(KEY_VARIABLE, None)
        if usual is not None:
            os.environ[KEY_VARIABLE] = usual
        shutil.rmtree(home.vault if not is_begun else folder, ignore_errors=True)


def _furnish(stage: Home, home: Home) -> None:
    for name in SHARED:
        if (home.root / name).exists():
            shutil.copytree(home.root / name, stage.root / name, copy_function=_share)
    for name in ("key.fingerprint", "inbox.json"):
        if (home.vault / name).exists():
            shutil.copyfile(home.vault / name, stage.vault / name)
    for name in BORROWED:
        if (home.root / name).exists():
            (stage.root / name).symlink_to(home.root / name)


def _share(source: str, target: str) -> str:
    """Link a file, or copy it where links cannot be made; whoever changes it makes a new one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
