"""Sweeps over hyper-parameters on the validation set, and the trial log that remembers them.

Imported by name: `from nnlib.search import sweep`. The test set has no way in, except through `open_test_logged`, after
`select`. `python -m nnlib.homework` runs the homework's sweeps from a shell.
"""

from nnlib.search.grids import grid, log_uniform, sample
from nnlib.search.points import Point, Sweep
from nnlib.search.replays import Replay, replay
from nnlib.search.selection import Selection, open_test_logged, select
from nnlib.search.sweeps import sweep
from nnlib.search.training import data_info, run_trial, train_trial
from nnlib.search.trial import Trial
from nnlib.search.trial_log import TrialLog, TrialLogError

__all__ = [
    "Point",
    "Replay",
    "Selection",
    "Sweep",
    "Trial",
    "TrialLog",
    "TrialLogError",
    "data_info",
    "grid",
    "log_uniform",
    "open_test_logged",
    "replay",
    "run_trial",
    "sample",
    "select",
    "sweep",
    "train_trial",
]
