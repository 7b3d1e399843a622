"""Population: the figures that a home has, checked against the regions and one another.

What cannot be right is refused with the file and the record. What the population was between the
figures is worked out in `person_days`.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.engine.search_path import bare_names
from pipelines.words import UserError

LARGEST_RISE = 0.25  # in a year, without a change of boundary
LARGEST_GAP = 0.01  # between a city and its counties together


@dataclass(frozen=True, slots=True)
class _Check:
    """A query for the records that are wrong, the key of the sentence, and the limit it names."""

    key: str
    query: str
    percent: int = 0


def check_population(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse figures that contradict the regions or one another.

    Args:
        con: the staging database, with `model.population` in the order of its file.
        path: the file, for the message.

    Raises:
        UserError: a code is not valid on its day, a count is not above 0, registered persons are
            mixed with residents in one region, counties miss their city by more than 1 %, or a
            region changes by more than a quarter in a year without a change of boundary.
    """
    with bare_names(con):
        con.execute(f"create or replace temp table population_figures as {FIGURES}")
        for check in _CHECKS:
            ((count, record),) = con.execute(
                f"select count(*), min(record) from ({check.query})"
            ).fetchall()
            if count:
                raise UserError(
                    check.key, file=path, count=count, record=record, percent=check.percent
                )
        con.execute("drop table population_figures")


# Each figure with the version of its region. A series is ground that does not change: a county
# with all its names and codes, as long as its unit never held two at once; else one version.
FIGURES = """
    select
        population.rowid + 1 as record, region.region_row, region.level, region.city_code,
        region.stable_unit, reference_on, population_type, persons, is_estimate,
        case when most_counties = 1 then region.stable_unit else region.region_row end as series
    from population
    left join regions as region
        on region.region_code = population.region_code
        and region.valid_from <= code_valid_on and region.valid_to > code_valid_on
    left join stable_units as unit on unit.region_row = region.region_row
"""

_CHECKS = (
    _Check(
        "model.POPULATION_CODE",
        "select record from population_figures where region_row is null",
    ),
    _Check("model.POPULATION_PERSONS", "select record from population_figures where persons < 1"),
    _Check(
        "model.POPULATION_TYPES",
        """
        select max(record) as record from population_figures group by series
        having bool_or(population_type = 'registered')
            and bool_or(population_type <> 'registered')
        """,
    ),
    _Check(
        "model.POPULATION_SUM",
        f"""
        with
            -- not cities of which a part lay in no county yet
            whole as (
                select * from population_figures as figure
                where level = 'city' and not exists (
                    select 1 from region_events as event
                    where event.kind = 'created_in_city' and event.old_code = figure.city_code
                        and event.event_on > figure.reference_on
                )
            ),
            standing as (
                select
                    whole.record, whole.persons, coalesce(own.series, unit.series) as series,
                    any_value(coalesce(own.persons, unit.persons)) as part
                from whole
                inner join regions as county
                    on county.level = 'county' and county.city_code = whole.city_code
                    and county.valid_from <= whole.reference_on
                    and county.valid_to > whole.reference_on
                left join population_figures as own
                    on own.region_row = county.region_row
                    and own.reference_on = whole.reference_on
                    and own.population_type = whole.population_type
                left join population_figures as unit
                    on unit.level = 'unit' and unit.stable_unit = county.stable_unit
                    and unit.reference_on = whole.reference_on
                    and unit.population_type = whole.population_type
                group by all
            )
        select record from standing group by record, persons
        having count(part) = count(*)
            and abs(sum(part) - persons) > {LARGEST_GAP} * persons
        """,
        round(LARGEST_GAP * 100),
    ),
    _Check(
        "model.POPULATION_JUMP",
        f"""
        with
            steps as (
                select
                    record, persons,
                    lag(persons) over in_time as earlier,
                    greatest((reference_on - lag(reference_on) over in_time) / 365.25, 1) as years
                from population_figures
                window in_time as (partition by series, population_type order by reference_on)
            )
        select record from steps
        where abs(ln(persons / earlier)) > years * ln(1 + {LARGEST_RISE})
        """,
        round(LARGEST_RISE * 100),
    ),
)
