"""The figures of the notebooks, one file per question: data in, Figure out."""
