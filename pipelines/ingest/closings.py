"""Which steps of a log close a submission, as SQL, where the mapping says more than their type.

A system that closes by itself after some days writes a closing that nobody decided. Which step
resolved the matter instead is for the mapping to say (`resolving`); here that becomes a column.
"""

from pipelines.ingest.fields import value_name
from pipelines.ingest.source import Resolving
from pipelines.quoting import literal


def is_closing_sql(resolving: Resolving) -> str:
    """An expression over typed records: whether the step closes its submission."""
    closes = f"{value_name('event_type')} in ({', '.join(map(literal, resolving.steps))})"
    for column, values in resolving.exceptions:
        listed = ", ".join(map(literal, values))
        closes += f" and coalesce({value_name(column)} not in ({listed}), true)"
    return closes
