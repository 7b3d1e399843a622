"""What runs in the child process in which files are read that could be the end of one."""
