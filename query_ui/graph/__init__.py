"""What every way in asks of the graph: page queries, labels, facets, indexes and addresses."""
