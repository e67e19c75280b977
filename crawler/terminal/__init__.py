"""Terminal output: escaped page text, diffs and snippets."""
