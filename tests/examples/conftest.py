"""A second engine beside DuckDB: Sail, which speaks Spark Connect and needs no Java."""

import pytest


@pytest.fixture(scope="session")
def cluster():
    """The address of a server in this process."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    yield "sc://{}:{}".format(*server.listening_address)
    server.stop()
