"""Access to the graph for site, endpoint and reconciliation: queries, labels, facets, indexes."""
