"""`make bench`: what a train step costs in NumPy and in PyTorch, and how cost grows."""
