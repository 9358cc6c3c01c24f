"""The functions of nnlib.layers where speed pays: cache-sized slices, threads, the batch last in memory."""
