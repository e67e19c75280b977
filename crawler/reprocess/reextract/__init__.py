"""Stored articles once more from their pages in the archive, by the code as it is today.

``job.py`` makes an article of one kept page, in one of several processes; ``changes.py`` says in
which fields it is another than the stored one; ``reextraction.py`` goes through the store, and
``shown.py`` tells what came of it.
"""
