"""Petition statistics: from case exports to a published release."""
