"""Near-duplicate detection of press releases: articles that print one release, and their edits.

Pure functions. ``fingerprint`` reads the comparable features of an article, ``minhash.keys`` gives
the keys by which candidates are found, ``decide.relate`` classifies a pair, ``clusters.clusters``
builds clusters from these relations. The store saves the results.
"""
