"""Looking after releases: is what lies there what was published, and back to an earlier one.

Whether hidden cells can be computed back from a release is for the gate and its attack, not here.
"""

from pipelines.publish.manifest import Fault, Finding, check_files
from pipelines.publish.pointer import (
    Release,
    current_file,
    current_release,
    flip,
    leads_to,
    read_pointer,
    releases,
    tidy,
)
from pipelines.settings import Home, Settings
from pipelines.words import Lang, UserError, say


def verify(home: Home, name: str | None = None) -> list[Finding]:
    """Compare a release with its manifest, and for the current one the pointers that lead to it.

    Args:
        home: the installation.
        name: id of the release; None for the current one.

    Returns:
        What is wrong; empty for a sound release.

    Raises:
        UserError: nothing has been published, or `name` is not the id of a release.
    """
    if name is not None:
        return list(check_files(release_named(home, name).folder))
    release = current_release(home)
    if release is None:
        raise UserError("release.NONE_YET")
    return [*_check_pointers(home, release), *check_files(release.folder)]


def finding_sentence(finding: Finding, lang: Lang) -> str:
    """A finding as a sentence that says what to do."""
    return say(f"release.{finding.fault.value}", lang, file=finding.file)


def rollback(home: Home, settings: Settings, name: str | None = None) -> Release:
    """Let readers see an earlier release again; call it with the writer's lock held.

    The release that is left stays on disk, and its id works to come back to it. The next run does
    not publish the same state again by itself (`state.is_current`).

    Args:
        home: the installation.
        settings: how many releases are kept.
        name: id of the release to go to; None for the newest one before the current one.

    Returns:
        The release that readers see now.

    Raises:
        UserError: there is no such release, or it is damaged (then nothing has changed), or the
            disk refused.
    """
    try:
        tidy(home, settings)
        release = release_named(home, name) if name else _release_before_current(home)
        if damage := next(check_files(release.folder), None):
            raise UserError("release.ROLLBACK_DAMAGED", release=release.id, file=damage.file)
        flip(home, release)
        tidy(home, settings)
    except OSError as error:
        raise UserError("release.POINTER_UNTIDY", reason=error.strerror or str(error)) from error
    return release


def release_named(home: Home, name: str) -> Release:
    """A release that readers could have seen, by its id.

    Raises:
        UserError: there is none of that id; those that there are are named.
    """
    release = Release.named(home, name)
    if release is None or release not in releases(home):
        there = ", ".join(r.id for r in releases(home)) or "-"
        raise UserError("release.UNKNOWN", exit_code=2, release=name, there=there)
    return release


def _release_before_current(home: Home) -> Release:
    current = current_release(home)
    older = [r for r in releases(home) if current and r.age < current.age]
    if not older:
        raise UserError("release.NO_EARLIER")
    return older[-1]


def _check_pointers(home: Home, release: Release) -> list[Finding]:
    findings: list[Finding] = []
    if read_pointer(home) != release:
        findings.append(Finding(Fault.BAD_POINTER, current_file(home).name))
    if not leads_to(home.published / "latest", release):
        findings.append(Finding(Fault.BAD_LINK, "latest"))
    return findings
