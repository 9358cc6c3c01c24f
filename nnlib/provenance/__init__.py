"""Where a result comes from: the code that ran, the machine, and both as plain JSON."""
