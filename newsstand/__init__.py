"""Local server with invented outlets: real markup, invented news, the edge cases of real sites.

stories.py and edge_cases.py write the news from words.toml; outlets.py says what each outlet
prints, and content.py when, under which number and in which template. sites/ answers for each CMS
with templates/; server_state.py holds the five outlets together, gold.py the result of a perfect
crawl. proxy.py and server.py open a port, http_write.py sends responses and journal.py logs them.
faults/ injects passing faults, breaks/ breaks an outlet until it is mended. clock.py moves the
clock, evenly or as calendar.py says. A sixth outlet, of an invented CMS, is optional: it can only
be read with a browser.
"""
