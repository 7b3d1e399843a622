"""Which source reads a file: the folder that it lies in decides, else its name.

Files of programs that no source can read are told apart, so that they are sent back with the right
sentence and no pattern is looked for.
"""

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from pipelines.ingest.inbox import same_name
from pipelines.ingest.reasons import MAIL_FORMS, FileReason, Refused
from pipelines.ingest.source import Source

LISTED = ", "
PROGRAMS = {".rar", ".7z", ".et", ".ett", ".wps", ".wpt", ".dps"}


def claim(name: str, sources: dict[str, Source]) -> Source | None:
    """The source that reads the file, if any does.

    Args:
        name: the file's name below the inbox. In a folder named after a source it belongs to that
            source whatever it is called; elsewhere the sources' patterns are tried on its last
            part, without regard to case.
        sources: every mapping by name.

    Raises:
        Refused: the patterns of several sources fit.
    """
    path = PurePosixPath(same_name(name))
    if len(path.parts) > 1 and path.parts[0] in sources:
        return sources[path.parts[0]]
    last = path.name.lower()
    fitting = [
        source
        for source in sources.values()
        if any(fnmatchcase(last, same_name(pattern).lower()) for pattern in source.files)
    ]
    if len(fitting) > 1:
        raise Refused(FileReason.NAME, LISTED.join(source.name for source in fitting))
    return fitting[0] if fitting else None


def foreign_form(name: str) -> str:
    """Why no source can read a file of this name, as the detail of F_TYPE; empty where one may."""
    path = PurePosixPath(name.lower())
    forms = (path.name, path.suffix)
    return next((form for form in forms if form in PROGRAMS or form in MAIL_FORMS), "")
