"""Query files (`.rq`): their headers, parameters and contracts, and how they are run."""
