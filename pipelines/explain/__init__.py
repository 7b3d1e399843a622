"""`petitions explain`: a published figure, back to its definition, its exports and its records."""
