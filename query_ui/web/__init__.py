"""The browse site and its data: one blueprint per file, and the few parts that they share."""
