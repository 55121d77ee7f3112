"""Keys, certificates and signatures. Knows nothing of the people who ask for them."""
