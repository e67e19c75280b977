"""Press releases: which articles are one, and what each paper made of it. Pure functions.

``read_release`` reads what is compared, ``sketch.keys`` says where to look for copies, ``relate``
judges a pair, ``group.clusters`` makes clusters of the verdicts. The store keeps all of it.
"""
