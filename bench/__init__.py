"""Malgeum measured: beside other tools, against its own floors, by the clock, and under fire.

__main__.py sets up a virtual environment of its own and hands over to command.py. pages.py and
folder.py bring the pages, malgeum.py and tools.py the readers, score.py the judgement and
scoreboard.py the table; floors.py with floors.toml is the ratchet, speed.py the clock, fuzz.py
the fire.
The test suite uses what needs no other tool: pages, malgeum, score, floors and fuzz.
"""
