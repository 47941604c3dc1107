"""The SPARQL endpoint: the SPARQL Protocol, the saved queries as an API, and the query editor."""
