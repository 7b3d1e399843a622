"""The report: a static site in Chinese and English, built from the gated tables of a release.

It draws and writes; it computes no figure. What may be shown was decided by the gate, how a figure
is defined by its indicator, what a page asks by `reports/pages/`, how it looks by `reports/theme/`.
"""
