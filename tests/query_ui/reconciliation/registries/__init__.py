"""Tests of registries that are served beside the graph."""
