"""Settings of the tests under tests/; those of every process stand in the conftest.py of the repository's root."""

import os

import hypothesis
import matplotlib

matplotlib.use("Agg")  # no test opens a window

# A deadline would be an assertion about how busy the machine is. CI draws the same examples every time, so that it
# never fails on a change which did not cause the failure; a developer's runs go on searching.
hypothesis.settings.register_profile("nnlib", deadline=None, derandomize="CI" in os.environ, print_blob=True)
hypothesis.settings.load_profile("nnlib")
