"""Lists of revoked certificates: what stands in them, how they are written and written down."""
