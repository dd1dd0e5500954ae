"""Relations of many documents as one knowledge graph."""
