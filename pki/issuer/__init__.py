"""One road to the key: prepare, lint, sign once, compare."""
