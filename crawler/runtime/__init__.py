"""Runtime support: limits, logging, process pool, folders and atomic files."""
