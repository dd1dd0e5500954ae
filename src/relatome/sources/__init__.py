"""Live services: annotated articles of PubTator3, and records of PubMed.

`pubtator3.fetch` and `pubmed.fetch` give documents for ids, `ids.read_ids` reads the ids a user
writes. Both keep to NCBI's three requests a second, keep what they fetch in a `Cache`, and tell a
`FetchReport` what they met.
"""

from relatome.sources.cache import Cache
from relatome.sources.client import Client
from relatome.sources.ids import Ids, read_ids
from relatome.sources.report import FetchReport

__all__ = ["Cache", "Client", "FetchReport", "Ids", "read_ids"]
