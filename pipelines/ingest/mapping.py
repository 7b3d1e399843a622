"""Which sources there are: the mappings that are shipped, and the home's own.

A mapping in `<home>/sources/` adds a source or, under the name of a shipped one, takes its place.
"""

from pipelines.contract import Table, load_tables
from pipelines.ingest.promises import check_promises
from pipelines.ingest.source import Source
from pipelines.settings import PACKAGE, Home

SHIPPED_SOURCES = PACKAGE / "sources"

__all__ = ["Source", "load_sources"]


def load_sources(home: Home, tables: dict[str, Table] | None = None) -> dict[str, Source]:
    """Every source by name: those shipped, then the home's own, which win.

    Args:
        home: the installation.
        tables: the contracts; read from the package where not given.

    Raises:
        UserError: a mapping cannot be used, or promises what a contract does not know; the
            sentence names the file, the key and what to write.
    """
    tables = tables or load_tables(PACKAGE / "model")
    sources: dict[str, Source] = {}
    for folder in (SHIPPED_SOURCES, home.sources):
        mine: dict[str, Source] = {}
        for path in sorted(folder.glob("*.yml")):
            source = Source.read(path)
            check_promises(source, tables)
            if source.name in mine:
                taken = mine[source.name].block.file.name
                raise source.block.wrong("source", f"≠ {source.name} ({taken})")
            mine[source.name] = source
        sources |= mine
    return sources
