"""Articles of the store: write, read, revise, forget, prune."""
