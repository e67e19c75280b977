"""How the outlets stand, from the runs and findings in the store: as a table, JSON or a page."""
