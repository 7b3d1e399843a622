"""Figures that offices have printed: read as intervals, held against each other and against ours.

What a printed number can stand for is decided in `ranges`, `numbers` and `feasible`. On that rest
two uses: the auditor (`bulletin`, `relations`, `audit`) asks whether a bulletin contradicts itself,
the list of published figures (`published`, `verdicts`) whether this home's figures agree with what
was printed elsewhere. Nothing here blocks a release, and nothing here is published: the rows of
`quality.published_figures` are written by `publish`, from values that have passed the gate.
"""
