"""The doctor: why a query gives no rows, and what would mend it."""
