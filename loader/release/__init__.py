"""Statements to a published release: staging, bulk load, indexes and the release folder."""
