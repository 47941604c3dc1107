"""Way in 1: the pages for people to browse."""
