"""Statistics as pure functions of small aggregates; nothing here knows of petitions."""
