"""From gated tables to a release: database, downloads, site, manifest, the flip of a pointer."""
