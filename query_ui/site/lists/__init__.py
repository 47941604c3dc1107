"""List pages: their definitions, requests, facet panels, items and downloads."""
