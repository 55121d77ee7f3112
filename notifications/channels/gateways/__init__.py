"""Ways to hand a short message to a provider. Each is a module that knows no other."""
