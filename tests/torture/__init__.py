"""Attacks on a running server, while its health, its home page and its concepts are asked for."""
