"""What `make bench` runs: ratios measured in one run, never a timed test."""
