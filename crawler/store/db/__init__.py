"""Engine, tables and errors of the store."""
