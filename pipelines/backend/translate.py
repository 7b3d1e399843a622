"""From the portable subset, as DuckDB reads it, to the Spark SQL of a cluster.

sqlglot writes the query; the few things that it does not know are changed here on the syntax tree.
What the two answer differently is not translated but refused: see `pipelines.portable`.
"""

from sqlglot import exp, parse_one
from sqlglot.dialects.spark import Spark

from pipelines.portable import DIALECT


class SparkSQL(Spark):
    """Spark's SQL as sqlglot writes it, with steps left where they stand: their names may recur."""

    class Generator(Spark.Generator):
        """Writes the text."""

        EXPRESSIONS_WITHOUT_NESTED_CTES = frozenset()


def to_spark(query: str) -> tuple[str, dict[str, str]]:
    """A query in Spark SQL, and the tables that it reads.

    Args:
        query: in the portable subset; beside it, the engine sums the two largest of a group as
            `list_sum(max(x, 2) filter (where …))`.

    Returns:
        The text of the query, and the tables: the name of each view that it reads on the cluster
        (a schema becomes a prefix), with the name by which DuckDB knows the table.
    """
    tree = parse_one(query, read=DIALECT)
    tables: dict[str, str] = {}
    for table in list(tree.find_all(exp.Table)):
        if not _is_step(table):
            view = f"{table.db}__{table.name}" if table.db else table.name
            tables[view] = f"{table.db}.{table.name}" if table.db else table.name
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(view))
            table.set("db", None)
    return tree.transform(_in_spark).sql(dialect=SparkSQL), tables


def _is_step(table: exp.Table) -> bool:
    """Whether a name means a step (`with`) that stands before it, and not a table."""
    if table.db:
        return False
    node: exp.Expr = table
    while (above := node.parent) is not None:
        steps: list[exp.Expr] = []
        if isinstance(above, exp.With):
            steps = above.expressions[: above.expressions.index(node)]
        elif (own := above.args.get("with_")) is not node and own:
            steps = own.expressions
        if any(step.alias == table.name for step in steps):
            return True
        node = above
    return False


def _in_spark(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.lower() == "list_sum":
        return _two_largest(node)
    return node


def _two_largest(list_sum: exp.Anonymous) -> exp.Expr:
    """The sum of the two largest of a group; of one where it has one, NULL where it has none."""
    largest = list_sum.expressions[0].copy()
    for top in list(largest.find_all(exp.Max)):
        every = exp.Anonymous(this="collect_list", expressions=[top.this.copy()])
        if top is largest:
            largest = every
        else:
            top.replace(every)
    falling = f"sort_array({largest.sql(dialect=SparkSQL)}, false)"
    return parse_one(f"get({falling}, 0) + coalesce(get({falling}, 1), 0)", read=SparkSQL)
