"""`every_set`: run a test over the plain, the fast and PyTorch's functions, which have one contract, as `layers`."""

import pytest

from nnlib import backend

every_set = pytest.mark.parametrize("layers", backend.MODULES.values(), ids=backend.MODULES)
