"""`both`: run a test over the plain and the fast functions, which have one contract; it gets the module `layers`."""

import pytest

import nnlib.fast
import nnlib.layers

both = pytest.mark.parametrize("layers", [nnlib.layers, nnlib.fast], ids=["plain", "fast"])
