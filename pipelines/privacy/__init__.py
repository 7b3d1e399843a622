"""Disclosure control: pseudonyms on the way in, the gate on the way out."""
