"""Synthetic exports of an invented province with planted truth: demo, test oracle, benchmark.

What belongs here: everything that invents data. What does not: reading those data back; the
pipeline must find them out by itself, so nothing outside this package imports it but the command
line and the tests.
"""
