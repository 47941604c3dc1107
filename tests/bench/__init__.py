"""Measures, and never asserts a time: ``make bench`` prints what this machine needs."""
