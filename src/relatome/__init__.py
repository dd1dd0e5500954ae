"""relatome: typed, scored, novelty-labelled relations from biomedical text."""

__version__ = "0.1.0"
