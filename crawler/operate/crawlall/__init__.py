"""Several outlets crawled by one process, each with its own end: what ``scrapy crawlall`` runs."""
