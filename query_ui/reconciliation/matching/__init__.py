"""Matching of names, affiliation strings and texts with the entities of a name index."""
