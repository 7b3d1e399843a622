"""Estimates: the statistical methods at work on the figures of a home.

Each module takes gated figures (or, where those do not suffice, an aggregate of the warehouse with
a disclosure rule of its own), hands arrays to `pipelines.methods` and returns `Row`s. `table`
writes them. Nothing here computes a statistic.
"""
