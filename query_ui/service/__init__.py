"""The SPARQL Protocol as a small WSGI application of its own: the short way for machines."""
