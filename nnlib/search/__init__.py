"""Sweeps over hyper-parameters on the validation set, and the trial log that records them.

Imported by name: `from nnlib.search import sweep`. The test set is opened by `open_test_logged` alone, after `select`.
"""

from nnlib.provenance.source import CodeError
from nnlib.search.rows import OpeningRow, Selection, TrialRow
from nnlib.search.selection import open_test_logged, select, standard_error
from nnlib.search.sweeps import Point, Sweep, grid, sweep
from nnlib.search.trial import Trial, data_info, replay, run_trial, train_trial
from nnlib.search.trial_log import TrialLog, TrialLogError

__all__ = ["CodeError", "OpeningRow", "Point", "Selection", "Sweep", "Trial", "TrialLog", "TrialLogError", "TrialRow"]
__all__ += ["data_info", "grid", "open_test_logged", "replay", "run_trial", "select", "standard_error", "sweep"]
__all__ += ["train_trial"]
