"""One pair of files per indicator in theme folders: the query and its worked example."""
