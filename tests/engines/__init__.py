"""Tests of other engines behind the site; ``make test-engines`` runs them, one engine at a time."""
