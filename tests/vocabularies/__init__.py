"""Vocabularies in the shapes of public ones, made by a program and so without large files."""
