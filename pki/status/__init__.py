"""The process that tells the world what became of certificates. It has no key of the authority."""
