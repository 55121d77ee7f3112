"""Authorities of others: which are accepted, and what they say of their certificates."""
