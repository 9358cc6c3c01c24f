"""What `make` runs besides nnlib's own commands."""
