"""The address of a figure, and the row that it names, in a release of a few rows."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.explain.figure import Address, Figure, find_figure
from pipelines.words import UserError

ROWS = """
    indicator       | measure | level    | region_code | region_zh | region_en | period_kind | period_start | by_name | by_value | state
    received        | count   | province | 990000      | 云泽省    | Yunze     | year        | 2025-01-01   |         |          | ok
    received        | count   | province | 990000      | 云泽省    | Yunze     | quarter     | 2025-07-01   |         |          | ok
    received        | count   | province | 990000      | 云泽省    | Yunze     | month       | 2025-07-01   |         |          | ok
    received        | count   | province | 990000      | 云泽省    | Yunze     | ytd         | 2025-01-01   |         |          | ok
    received        | count   | province | 990000      | 云泽省    | Yunze     | year        | 2025-01-01   | channel | a/b=c    | hidden
    received        | share   | province | 990000      | 云泽省    | Yunze     | year        | 2025-01-01   |         |          | ok
    received        | count   | county   | 990103      | 素浔区    |           | year        | 2025-01-01   |         |          | ok
    received        | count   | county   | 990203      | 素浔区    |           | year        | 2025-01-01   |         |          | ok
"""  # noqa: E501 - a table to be read aloud


@pytest.fixture(scope="module")
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    names, *rows = (
        [cell.strip() for cell in line.split("|")] for line in ROWS.strip().splitlines()
    )
    with duckdb.connect() as con:
        con.execute("create schema public; create schema dictionary")
        columns = (f"{n} {'date' if n == 'period_start' else 'varchar'}" for n in names)
        con.execute(f"create table public.indicator_values ({', '.join(columns)})")
        con.executemany(
            f"insert into public.indicator_values values ({', '.join('?' * len(names))})", rows
        )
        con.execute(
            "create table dictionary.indicators as "
            "select unnest(['received', 'withheld']) as indicator"
        )
        con.execute(
            "create table dictionary.measures as select * from (values "
            "('received', 'count', 1), ('received', 'share', 2), ('withheld', 'count', 1)) "
            "as listed (indicator, measure, position)"
        )
        yield con


@pytest.mark.parametrize(
    ("asked", "full", "kind"),
    [
        ("received/990000/2025", "received.count/990000/2025", "year"),
        ("received/云泽省/2025-Q3", "received.count/990000/2025-Q3", "quarter"),
        ("received/Yunze/2025-07", "received.count/990000/2025-07", "month"),
        (" received.count/990000/2025-ytd", "received.count/990000/2025-ytd", "ytd"),
        ("received.share/990000/2025", "received.share/990000/2025", "year"),
        (
            "received/990000/2025/channel=a/b=c",
            "received.count/990000/2025/channel=a/b=c",
            "year",
        ),
    ],
)
def test_an_address_names_one_figure_and_is_written_in_full(release, asked, full, kind):
    figure = find_figure(release, "r1", Address.read(asked))
    assert (figure.address, figure.row["period_kind"]) == (full, kind)
    assert find_figure(release, "r1", Address.read(figure.address)) == figure


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("received/2025", "no address"),
        ("/990000/2025", "no address"),
        ("recieved/990000/2025", "received"),
        ("received.median/990000/2025", "count, share"),
        ("received/990001/2025", "990000"),
        ("received/990000/2025-08", "2025-07"),
        ("received/990103/2025/channel=a", "`-` is the total"),
        ("withheld/990000/2025", "no figures of this indicator"),
        ("received/素浔区/2025", "received.count/990103/2025, received.count/990203/2025"),
    ],
)
def test_what_names_none_or_several_is_told_the_nearest(release, asked, said):
    with pytest.raises(UserError) as refused:
        find_figure(release, "r1", Address.read(asked))
    assert said in str(refused.value)
    assert refused.value.exit_code == 2


def test_of_a_hidden_figure_only_its_name_is_told():
    names = ("indicator", "measure", "level", "region_code", "period_kind", "period_start")
    more = ("by_name", "by_value", "region_zh", "region_en", "period_end", "unit")
    row = dict.fromkeys((*names, *more), "x") | {"state": "hidden", "n": 7, "flags": "p"}
    assert Figure("x", row).told == {name: row[name] for name in (*names, *more, "state")}
