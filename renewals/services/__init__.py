"""Every write. Keyword-only functions with `actor` and `now`; they never render or send."""
