"""Registries of organisations that are served beside the graph, each as a service of its own."""
