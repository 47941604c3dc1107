"""Tests of the way in for assistants."""
