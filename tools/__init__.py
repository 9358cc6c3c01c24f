"""The project's own tools; they are no part of the installed package and run from the repository's root."""
