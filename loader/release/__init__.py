"""The making of a release: staging, bulk load, indexes, contract checks and the release folder."""
