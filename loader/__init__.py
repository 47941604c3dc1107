"""The loader: reads documents, maps them to quads, validates them and publishes a release."""
