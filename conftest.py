"""The environment of every test process, and through it of the kernels that run notebooks under test.

It lies at the root so that `pytest` (tests/) and `pytest --nbval notebooks` have the same. NumPy is not imported yet.
"""

import os
import tempfile

os.environ["TQDM_DISABLE"] = "1"  # a progress bar in an output would differ at every run
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[variable] = "1"  # the processes are the parallelism
os.environ.pop("MPLBACKEND", None)  # kernels then draw into the notebook, whatever the user's shell says

# A sweep that finds its trials in a ledger does not train them: tests start without one. Workers of xdist share it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _ledgers = tempfile.TemporaryDirectory(prefix="nnlib-ledgers-")  # removed when the process ends
    os.environ["NNLIB_LEDGERS"] = _ledgers.name
