"""Table of everything that can become of a page visit or a run, and what follows from it.

``pages.py`` and ``runs.py`` hold the members, ``model.py`` the form of a row, ``exit_rules.py``
computes exit codes and sentences from the rows, ``exit_codes.py`` names the codes, ``stats.py``
names every ``malgeum/`` stat.
"""
