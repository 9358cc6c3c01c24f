"""Sweeps over hyper-parameters on the validation set, and the ledger that remembers them.

Imported by name: `from nnlib.search import sweep`. The test set has no way in, except through `open_test`, after
`choose`. `python -m nnlib.search` runs the homework's sweeps from a shell.
"""

from nnlib.search.choose import Choice, choose, open_test
from nnlib.search.grid import grid, log_uniform, sample
from nnlib.search.ledger import Ledger, LedgerError
from nnlib.search.replay import Replay, replay
from nnlib.search.result import Point, Sweep
from nnlib.search.run import about_data, run_trial, train_trial
from nnlib.search.sweep import sweep
from nnlib.search.trial import Trial

__all__ = [
    "Choice",
    "Ledger",
    "LedgerError",
    "Point",
    "Replay",
    "Sweep",
    "Trial",
    "about_data",
    "choose",
    "grid",
    "log_uniform",
    "open_test",
    "replay",
    "run_trial",
    "sample",
    "sweep",
    "train_trial",
]
