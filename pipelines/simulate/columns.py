"""Turning the simulator's arrays into columns of an export: labels, numbers, times, identities."""

import numpy as np
import polars as pl

from pipelines.simulate.scenario import START, Flags, Ints

EPOCH_SECONDS = int(np.datetime64(START, "s").astype(np.int64))
PHONE_PREFIX = "199-0000-"
PHONES = 10_000


def words(index: Ints, labels: tuple[str, ...]) -> pl.Series:
    """The label of each index; -1 becomes an empty cell."""
    text = pl.Series(list(labels), dtype=pl.String)
    return text.gather(whole(index))


def whole(values: Ints) -> pl.Series:
    """Whole numbers; -1 becomes an empty cell."""
    series = pl.Series(values)
    return series.set(series < 0, None)


def yes_no(flags: Flags) -> pl.Series:
    """是 and 否."""
    return words(flags.astype(np.int64), ("否", "是"))


def moments(seconds: Ints) -> pl.Series:
    """Times from seconds since 2003-01-01; -1 becomes an empty cell."""
    series = pl.Series((seconds + EPOCH_SECONDS) * 1000).cast(pl.Datetime("ms"))
    return series.set(pl.Series(seconds < 0), None)


def dates(days: Ints) -> pl.Series:
    """Dates from day numbers; -1 becomes an empty cell."""
    series = pl.Series((days + EPOCH_SECONDS // 86_400).astype(np.int32)).cast(pl.Date)
    return series.set(pl.Series(days < 0), None)


def coarse_dates(days: Ints, to_the_month: Flags) -> pl.Series:
    """Dates as text, some of them such as 2005-10; -1 becomes an empty cell."""
    frame = pl.DataFrame({"day": dates(days), "is_coarse": to_the_month})
    month, day = (pl.col("day").dt.strftime(form) for form in ("%Y-%m", "%Y-%m-%d"))
    return frame.select(pl.when("is_coarse").then(month).otherwise(day)).to_series()


def numbered(prefix: str, number: Ints, digits: int) -> pl.Series:
    """Identifiers: a prefix and a number with leading zeros."""
    frame = pl.DataFrame({"n": number})
    padded = pl.col("n").cast(pl.String).str.zfill(digits)
    return frame.select(pl.concat_str(pl.lit(prefix), padded)).to_series()


def yearly_numbered(prefix: str, year: Ints, number: Ints) -> pl.Series:
    """Identifiers with the year in them, such as F01-2003-0000001."""
    frame = pl.DataFrame({"y": year, "n": number})
    padded = pl.col("n").cast(pl.String).str.zfill(7)
    parts = pl.concat_str(pl.lit(prefix), pl.col("y").cast(pl.String), pl.lit("-"), padded)
    return frame.select(parts).to_series()


def invented_names(seed: Ints, surnames: tuple[str, ...]) -> pl.Series:
    """Names such as 张某: a surname and "so-and-so", equal for equal seeds."""
    return words((seed * 7919 + 13) % len(surnames), tuple(f"{name}某" for name in surnames))


def invented_phones(seed: Ints) -> pl.Series:
    """Telephone numbers such as 199-0000-0417, equal for equal seeds; nobody has them."""
    return numbered(PHONE_PREFIX, (seed * 6151 + 417) % PHONES, 4)


def chinese_dates(seconds: Ints) -> pl.Series:
    """Dates such as 2026年03月01日, from seconds since 2003-01-01; -1 becomes an empty cell."""
    return moments(seconds).dt.strftime("%Y年%m月%d日")


def chinese_moments(seconds: Ints) -> pl.Series:
    """Times such as 2026年03月01日 09:30:00; -1 becomes an empty cell."""
    return moments(seconds).dt.strftime("%Y年%m月%d日 %H:%M:%S")


def moments_with_offset(moment: pl.Series) -> pl.Series:
    """The same times with the province's offset, such as 2026-03-01T09:30:00+08:00."""
    return moment.dt.strftime("%Y-%m-%dT%H:%M:%S+08:00")
