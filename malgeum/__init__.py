"""The importable package; in a wheel it holds all others (ARCHITECTURE.md, How it is packaged)."""
