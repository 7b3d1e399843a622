"""DuckDB beside Apache Spark: `SPARK_HOME=… python -m benchmarks.spark [HOME]`.

Needs Java 17 or newer, and in SPARK_HOME a distribution of Apache Spark 4.2 (the folder `pyspark`
of the package of that name will do, installed apart from this project). Starts a standalone master,
two workers and a Spark Connect server on the loopback interface, and ends them again. Every worked
example runs on both; with HOME, which has been run, so does every derived table and the base of
one indicator of each kind. Each query is compared row by row, and the first difference ends the
call. Prints a Markdown table; a ratio compares two figures of the same call.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from benchmarks.indicators import LIMITS
from pipelines.backend.parity import Both
from pipelines.backend.spark import Spark
from pipelines.contract import load_tables
from pipelines.engine.compute import compute_indicator, prepare
from pipelines.engine.indicator import Kind, load_indicators
from pipelines.engine.search_path import bare_names
from pipelines.indicators.example import Example, run_example
from pipelines.model.lineage import build_order
from pipelines.run import Installation, frame_of
from pipelines.settings import PACKAGE

MASTER, CONNECT = 7077, 15002
MASTER_URL = f"spark://127.0.0.1:{MASTER}"
WORKERS = 2
PATIENCE_SECONDS = 300
INDICATORS = {
    name: each
    for name, each in load_indicators(PACKAGE / "indicators").items()
    if each.kind is not Kind.DERIVED
}


def main(homes: list[Path]) -> None:
    """Print what each part took on both; say in a sentence what is missing on this machine."""
    spark_home = Path(os.environ.get("SPARK_HOME", ""))
    if shutil.which("java") is None or not (spark_home / "bin" / "spark-class").exists():
        sys.exit("benchmarks.spark needs Java 17 and SPARK_HOME, a folder of Apache Spark 4.2.")
    with tempfile.TemporaryDirectory() as folder, _cluster(spark_home, Path(folder)) as address:
        print("| what | queries | DuckDB s | Spark s | Spark / DuckDB |")
        print("| --- | ---: | ---: | ---: | ---: |", flush=True)
        tables = Path(folder) / "tables"
        _row("worked examples", _examples(address, tables))
        for home in homes:
            installation = Installation.at(home)
            for what, run in (("derived tables", _derived), ("bases of indicators", _bases)):
                with duckdb.connect(config=LIMITS) as con, Spark(address, tables) as spark:
                    _row(what, run(con, installation, Both(spark)))


def copy_tables(con: duckdb.DuckDBPyConnection, installation: Installation) -> None:
    """The model tables, those of places and the list of files of a home, in memory."""
    con.execute(f"attach '{installation.home.staging}' as home (read_only)")
    tables = con.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = 'home' and (table_schema in ('model', 'geo') "
        "or table_schema = 'ops' and table_name = 'files')"
    ).fetchall()
    for schema, table in tables:
        con.execute(f"create schema if not exists {schema}")
        con.execute(f"create table {schema}.{table} as from home.{schema}.{table}")
    con.execute("detach home")


def _examples(address: str, folder: Path) -> list[tuple[float, float]]:
    contracts = load_tables(PACKAGE / "model")
    seconds: list[tuple[float, float]] = []
    for name, indicator in INDICATORS.items():
        example = Example.load(indicator.path.with_suffix(".example.yml"))
        with Spark(address, folder) as spark:
            both = Both(spark)
            if faults := run_example(example, indicator, contracts, both):
                raise AssertionError(f"{name}: {faults}")
            seconds += both.seconds
    return seconds


def _derived(
    con: duckdb.DuckDBPyConnection, installation: Installation, both: Both
) -> list[tuple[float, float]]:
    con.execute(f"attach '{installation.home.staging}' as home (read_only)")
    con.execute("use home")
    with bare_names(con):
        for name in build_order(installation.tables):
            query = installation.tables[name].query
            both.fill(con, "create or replace temp table found as", query)
    return both.seconds


def _bases(
    con: duckdb.DuckDBPyConnection, installation: Installation, both: Both
) -> list[tuple[float, float]]:
    copy_tables(con, installation)
    frame = replace(frame_of(con, installation), backend=both)
    prepare(con, frame)
    for indicator in {each.kind: each for each in INDICATORS.values()}.values():
        compute_indicator(con, indicator, frame)
    return both.seconds


def _row(what: str, seconds: list[tuple[float, float]]) -> None:
    here, there = (sum(column) for column in zip(*seconds, strict=True))
    cells = (what, str(len(seconds)), f"{here:.1f}", f"{there:.1f}", f"{there / here:.0f}")
    print(f"| {' | '.join(cells)} |", flush=True)


@contextmanager
def _cluster(spark_home: Path, folder: Path) -> Generator[str]:
    """A master, workers and a Spark Connect server, ended with the block; their log in `folder`."""
    deploy = "org.apache.spark.deploy"
    loopback = ["--host", "127.0.0.1", "--webui-port", "0"]
    with ExitStack() as stack, (folder / "log").open("wb") as log:

        def start(name: str, *arguments: str) -> None:
            command = [str(spark_home / "bin" / name), *arguments]
            environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
            stack.callback(process.wait)
            stack.callback(process.terminate)

        start("spark-class", f"{deploy}.master.Master", *loopback, "--port", str(MASTER))
        _wait_for(MASTER)
        for number in range(WORKERS):
            size = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker{number}")]
            start("spark-class", f"{deploy}.worker.Worker", *loopback, *size, MASTER_URL)
        settings = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(CONNECT),
            "spark.sql.shuffle.partitions": str(WORKERS),
            "spark.ui.enabled": "false",
        }
        server = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
        given = [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
        start("spark-submit", *server, "--master", MASTER_URL, *given, "spark-internal")
        _wait_for(CONNECT)
        yield f"sc://127.0.0.1:{CONNECT}"


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            return


if __name__ == "__main__":
    main([Path(home) for home in sys.argv[1:]])
