"""What a release may hold: the closed list of published tables, read from their contracts.

A table is in a release because a contract lies in `tables/<schema>/`; a few share theirs with
`pipelines/model/`. Of the staging database nothing else can be read by this
package. How rows are written is decided in `database` and `downloads`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.contract import ContractError, Table, load_tables
from pipelines.settings import PACKAGE

CONTRACTS = Path(__file__).parent / "tables"
SHARED_WITH_MODEL = {
    "geo": ("regions", "region_events", "crosswalk", "stable_units"),
    "dictionary": ("rule_calendar",),
}

# What describes the release itself: `documents` writes it, no staging table stands behind.
DOCUMENT_SCHEMA, FACTS = "dictionary", "public.release"


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table of the release: its schema and its contract."""

    schema: str
    contract: Table

    @property
    def name(self) -> str:
        """`<schema>.<table>`, which is also its name in the staging database."""
        return f"{self.schema}.{self.contract.name}"

    @property
    def is_document(self) -> bool:
        """Whether it describes the release, rather than coming through the gate."""
        return self.schema == DOCUMENT_SCHEMA or self.name == FACTS

    @property
    def order_sql(self) -> str:
        """The order in which its rows are written everywhere: by key, NULL first."""
        return ", ".join(f'"{name}" nulls first' for name in self.contract.key)

    def select_sql(self, relation: str) -> str:
        """Exactly the columns of the contract, in its order and types, from `relation`, by key."""
        columns = ", ".join(
            f'cast("{column.name}" as {column.sql_type}) as "{column.name}"'
            for column in self.contract.columns
        )
        return f"select {columns} from {relation} order by {self.order_sql}"


@cache
def model_tables() -> dict[str, Table]:
    """The contracts of the model, by table."""
    return load_tables(PACKAGE / "model")


@cache
def load_catalogue() -> tuple[PublishedTable, ...]:
    """Every table of a release, by schema and name.

    Raises:
        ContractError: a table has no key, or two tables would share a file name.
    """
    found = [
        PublishedTable(folder.name, contract)
        for folder in sorted(path for path in CONTRACTS.iterdir() if path.is_dir())
        for contract in load_tables(folder).values()
    ]
    found += [
        PublishedTable(schema, model_tables()[name])
        for schema, names in SHARED_WITH_MODEL.items()
        for name in names
    ]
    catalogue = tuple(sorted(found, key=lambda table: table.name))
    _check(catalogue)
    return catalogue


def _check(catalogue: tuple[PublishedTable, ...]) -> None:
    names = [table.contract.name for table in catalogue]
    for table in catalogue:
        if not table.contract.key:
            raise ContractError(
                f"{table.name}: key `key` is missing; rows are written in its order"
            )
        if names.count(table.contract.name) > 1:
            raise ContractError(f"{table.name}: another schema has a table of this name too")
