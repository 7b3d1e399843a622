"""The engine: definitions of indicators, and how values come from facts.

It knows regions, periods, coverage and rules, and nothing of petitions; it could be lifted out.
"""
