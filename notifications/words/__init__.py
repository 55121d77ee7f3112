"""What a notice says, from what is true at the moment."""
