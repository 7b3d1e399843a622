"""Indicators: one pair of definition and worked example each, in a folder for each theme."""
