"""Simulate a province into a home: draw the world, write what its offices would send, the truth.

The cases are drawn and written city by city, and within a city in pieces, so memory is bounded by
the largest city and not by the world.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from pipelines.settings import Home
from pipelines.simulate import frames
from pipelines.simulate.calendar import FOLLOW_UP_DAYS, day_number, lunar_new_years
from pipelines.simulate.cases import Cases, draw_cases
from pipelines.simulate.dirt import UNKNOWN_CASE_FROM, Dirt, Fault, draw_dirt, plan_dirt
from pipelines.simulate.evaluations import draw_evaluations
from pipelines.simulate.exports import ExportFile, Outbox
from pipelines.simulate.home import demand_demo_home, move_in, scratch_folder
from pipelines.simulate.places import PROVINCE_OFFICE
from pipelines.simulate.receptions import draw_receptions, with_cases
from pipelines.simulate.scenario import DEFAULT_SEED, FULL_SIZE, Ints, Scenario, Stream
from pipelines.simulate.truth import Durations, truth_of
from pipelines.simulate.world import World, build_world, reporting_office
from pipelines.words import UserError

if TYPE_CHECKING:
    import polars as pl
