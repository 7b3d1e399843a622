"""Validation: judge what landed by the contracts, accept what is good, account for the rest."""
