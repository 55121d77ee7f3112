"""Deliveries on their way: taken, sent, written down, and what comes back."""
