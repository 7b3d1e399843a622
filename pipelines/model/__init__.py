"""One file per canonical table: its contract and, where it is derived, its query."""
