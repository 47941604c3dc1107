"""Clients that people use, asking a server that runs as it does for them."""
