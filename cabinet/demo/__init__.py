"""People and applications to look at the product with; never for anything else."""
