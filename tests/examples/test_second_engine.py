"""Every worked example on DuckDB and on a second engine: the bases row by row, then the values.

What cannot run there would be listed here, by name and reason; nothing has to be.
"""

import pytest

from pipelines.backend import BackendError
from pipelines.backend.parity import Both
from pipelines.backend.spark import Spark
from pipelines.contract import load_tables
from pipelines.engine.indicator import Kind, load_indicators
from pipelines.indicators.example import Example, run_example
from pipelines.settings import PACKAGE

INDICATORS = load_indicators(PACKAGE / "indicators")
TABLES = load_tables(PACKAGE / "model")
WITH_A_QUERY = sorted(name for name, each in INDICATORS.items() if each.kind is not Kind.DERIVED)


@pytest.mark.parametrize("name", WITH_A_QUERY)
def test_both_engines_give_the_same_base_and_the_expected_values(name, cluster, tmp_path):
    indicator = INDICATORS[name]
    example = Example.load(indicator.path.with_suffix(".example.yml"))
    with Spark(cluster, tmp_path / "tables") as spark:
        both = Both(spark)
        assert run_example(example, indicator, TABLES, both) == []
    assert len(both.seconds) == 1
    assert not (tmp_path / "tables").exists()


class Altered:
    """A backend that answers another question."""

    def __init__(self, backend, old, new):
        self.backend, self.old, self.new = backend, old, new

    def fill(self, con, into, query):
        assert self.old in query
        self.backend.fill(con, into, query.replace(self.old, self.new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("as n_numerator", "+ 1 as n_numerator", r"^\d+ rows only here and \d+ only there$"),
        ("as n_numerator", "as n_other", "^columns .* here and .*n_other.* there$"),
    ],
)
def test_a_difference_between_the_engines_is_refused(old, new, said, cluster, tmp_path):
    indicator = INDICATORS["submission_count"]
    example = Example.load(indicator.path.with_suffix(".example.yml"))
    with (
        Spark(cluster, tmp_path / "tables") as spark,
        pytest.raises(BackendError, match=said),
    ):
        run_example(example, indicator, TABLES, Both(Altered(spark, old, new)))
