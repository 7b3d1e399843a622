# %% [markdown]
# # First look at a release
# Works on the published file only. Set `PETITIONS_HOME` to the home folder, or run it from the
# clone after `make report`. Open as a notebook with jupytext, or run it as a program.

# %%
import os
from pathlib import Path

import duckdb

home = Path(os.environ.get("PETITIONS_HOME", "data/demo"))
release = home / "published" / "releases" / (home / "published" / "CURRENT").read_text().strip()
con = duckdb.connect(str(release / "petitions.duckdb"), read_only=True)

# %% [markdown]
# What is there, and how each figure is defined.

# %%
print(con.sql("select table_schema, table_name from information_schema.tables order by all"))
print(con.sql("select indicator, title_zh, title_en from dictionary.indicators order by all"))

# %% [markdown]
# Half of all submissions are closed within how many days? By year of registration, with interval;
# open cases count as open.

# %%
print(
    con.sql(
        """
        select period_start, value, low, high, n, state, flags
        from public.indicator_values
        where indicator = 'resolution_time_median' and measure = 'p50'
            and level = 'province' and period_kind = 'year' and by_name = ''
        order by period_start
        """
    )
)

# %% [markdown]
# The on-time rate with overdue open cases in the denominator, beside the closed-only figure.

# %%
print(
    con.sql(
        """
        select period_start,
            max(value) filter (where measure = 'due_based') as due_based,
            max(value) filter (where measure = 'closed_only') as closed_only
        from public.indicator_values
        where indicator = 'ontime_closure_rate'
            and level = 'province' and period_kind = 'year' and by_name = ''
        group by period_start
        order by period_start
        """
    )
)
con.close()
