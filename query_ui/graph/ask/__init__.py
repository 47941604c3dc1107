"""Questions in words: the names, dates and words in one, and the saved queries that answer it."""
