"""`MANIFEST.json`: what a release consists of, and whether that is still what lies on disk.

The manifest lists every file of the folder but itself, with bytes and SHA-256, and carries a hash
of its own text, so that one changed byte anywhere in a release is found.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

MANIFEST = "MANIFEST.json"
OWN_HASH = "manifest_sha256"


class Fault(StrEnum):
    """What can be wrong with a release; each is a sentence in `reports/words/release.yml`."""

    NO_RELEASE = "NO_RELEASE"
    NO_MANIFEST = "NO_MANIFEST"
    BAD_MANIFEST = "BAD_MANIFEST"
    FILE_MISSING = "FILE_MISSING"
    FILE_EXTRA = "FILE_EXTRA"
    FILE_CHANGED = "FILE_CHANGED"
    WAL_LEFT = "WAL_LEFT"
    BAD_POINTER = "BAD_POINTER"
    BAD_LINK = "BAD_LINK"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and the file that has it, relative to `published/`."""

    fault: Fault
    file: str


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(folder: Path) -> list[str]:
    """Every file below `folder` but the manifest: paths with `/`, in order."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if path != MANIFEST)


def write_manifest(folder: Path, facts: dict[str, Any], rows: dict[str, int]) -> None:
    """Write the manifest of the finished `folder`.

    Args:
        folder: the release, complete but for the manifest.
        facts: what else the manifest says; must be JSON.
        rows: number of rows of the files that hold rows, by path.
    """
    listed: list[dict[str, Any]] = []
    for name in files_of(folder):
        path = folder / name
        entry = {"path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
        listed.append(entry | ({"rows": rows[name]} if name in rows else {}))
    content = facts | {"files": listed}
    content[OWN_HASH] = _hash_of(content)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a release, or None where it is missing or not as it was written."""
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    facts = cast("dict[str, Any]", content)
    return facts if facts.get(OWN_HASH) == _hash_of(facts) else None


def check_files(folder: Path) -> Iterator[Finding]:
    """Compare the folder with its manifest; nothing is yielded for a sound release."""
    shown = f"releases/{folder.name}"
    if not folder.is_dir():
        yield Finding(Fault.NO_RELEASE, shown)
        return
    if not (folder / MANIFEST).is_file():
        yield Finding(Fault.NO_MANIFEST, f"{shown}/{MANIFEST}")
        return
    manifest = read_manifest(folder)
    if manifest is None:
        yield Finding(Fault.BAD_MANIFEST, f"{shown}/{MANIFEST}")
        return
    listed = {entry["path"]: entry for entry in manifest["files"]}
    present = set(files_of(folder))
    for name in sorted(listed.keys() | present):
        if name not in present:
            yield Finding(Fault.FILE_MISSING, f"{shown}/{name}")
        elif name not in listed:
            fault = Fault.WAL_LEFT if name.endswith(".wal") else Fault.FILE_EXTRA
            yield Finding(fault, f"{shown}/{name}")
        elif not _is_same(folder / name, listed[name]):
            yield Finding(Fault.FILE_CHANGED, f"{shown}/{name}")


def _is_same(path: Path, entry: dict[str, Any]) -> bool:
    return path.stat().st_size == entry["bytes"] and sha256_of(path) == entry["sha256"]


def _hash_of(content: dict[str, Any]) -> str:
    said = {key: value for key, value in content.items() if key != OWN_HASH}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
