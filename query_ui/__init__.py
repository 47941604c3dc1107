"""Question to answer: the command line, the HTTP API and the pages over one release."""
