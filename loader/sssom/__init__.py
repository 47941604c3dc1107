"""Mapping sets in SSSOM: a table of links with their reasons, and what a mapping set may say.

https://mapping-commons.github.io/sssom/spec-formats-tsv/
"""
