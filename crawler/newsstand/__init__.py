"""Five newspapers on loopback: real markup, invented news, every trap that the real sites set.

stories.py writes the news, edition.py prints it (who, when, under which number, in which skin),
sites/ answers for each family of sites, gold.py says what a perfect crawl yields, proxy.py serves.
"""
