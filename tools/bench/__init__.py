"""`make bench`: the time of a train step in NumPy and in PyTorch, and against an older revision."""
