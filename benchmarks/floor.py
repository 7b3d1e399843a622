"""The floor: DuckDB reads the CSV exports of a home and writes them as Parquet, nothing else.

Usage: python -m benchmarks.floor HOME OUT; prints what it costs.
"""

import json
import sys
from pathlib import Path

import duckdb

from benchmarks.measure import spent_on


def main(home: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
    for path in sorted((home / "inbox").rglob("*.csv")):
        # Exports in GB18030 cannot be read by DuckDB; a UTF-8 copy is read in their place.
        source = path
        if not _is_utf8(path):
            source = out / path.name
            source.write_text(path.read_text(encoding="gb18030"), encoding="utf-8")
        target = out / f"{path.stem}.parquet"
        con.execute(
            f"copy (select * from read_csv('{source}', header=true)) "
            f"to '{target}' (format parquet, compression zstd)"
        )


def _is_utf8(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            file.read(1 << 16)[:-4].decode("utf-8")
        except UnicodeDecodeError as error:
            return error.reason == "unexpected end of data"
    return True


if __name__ == "__main__":
    home, out = map(Path, sys.argv[1:])
    print(json.dumps({"bare read": spent_on(lambda: main(home, out))}))
