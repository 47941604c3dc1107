"""Way in for assistants: the Model Context Protocol, and texts for machines without it."""
