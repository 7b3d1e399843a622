from tests.unit.ingest.conftest import world

__all__ = ["world"]
