"""Documents as bytes: what they are, whether they are safe, what they are called. No rows here."""
