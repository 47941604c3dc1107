"""What every HTTP response shares: negotiation, compression, ETags, headers, problems."""
