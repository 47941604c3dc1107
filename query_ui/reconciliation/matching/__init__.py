"""Match a name, an affiliation or a text with the entities of a name index."""
