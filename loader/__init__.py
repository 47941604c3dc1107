"""Files to release: reads documents, maps them to quads, validates them and publishes a store."""
