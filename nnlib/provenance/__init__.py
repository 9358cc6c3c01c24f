"""Which code ran, on which machine; what a trial log says of both, as plain JSON."""
