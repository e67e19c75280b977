"""Status of the outlets from the runs and findings in the store: as a table, JSON or HTML."""
