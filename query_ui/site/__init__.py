"""The browse site: HTML pages for people, one of the three ways into the graph."""
