"""The tables in which a release describes itself: its facts and its dictionary.

Their rows come from contracts, headers and words, never from data; each function returns the rows
of one table of `tables/`, in the order of that table's columns.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.engine.contract import load_tables, read_header
from pipelines.publish.catalogue import PublishedTable, load_catalogue
from pipelines.settings import PACKAGE, Settings
from pipelines.words import Lang, load_words

type_of_row = tuple[Any, ...]
