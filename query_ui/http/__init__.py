"""Parts of HTTP that all responses share: negotiation, compression, ETags, headers, problems."""
