"""Five newspapers on loopback: real markup, invented news, every trap that the real sites set.

stories.py and traps.py write the news from words.toml; plans.py says what each outlet prints and
edition.py prints it (when, under which number, in which skin); sites/ answers for each family
with templates/; stand.py is the five together, gold.py what a perfect crawl of them yields,
proxy.py and server.py put them on a port, wire.py sends what is answered and journal.py notes
it. faults/ lets things go wrong now and then, breaks/ breaks an outlet until it is mended.
hours.py lets the clock move, evenly or as days.py has it. A sixth paper, of no real system, is
opened on demand: only a browser can read it.
"""
