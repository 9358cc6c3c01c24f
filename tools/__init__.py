"""The project's own tools, run from the repository's root; they are not installed with the package."""
