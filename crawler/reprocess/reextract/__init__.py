"""Extracts stored articles again from their archived pages, with the present code.

``task.py`` extracts one page, in one of several processes; ``diff.py`` compares the result with the
stored article; ``run.py`` iterates over the store; ``report.py`` prints the result.
"""
