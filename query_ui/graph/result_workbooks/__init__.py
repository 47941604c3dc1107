"""Workbooks of results for spreadsheet programs, as Office Open XML.

https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""
