"""The figures that tests here draw look as listed; see looks.py."""

from looks import looks_are_the_listed_ones  # noqa: F401
