"""Tests of answering questions in words with saved queries."""
