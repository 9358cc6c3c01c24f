"""Sweeps over hyper-parameters on the validation set, and the ledger that remembers them.

Imported by name: `from nnlib.search import sweep`. The test set has no way in, except through `open_test`.
"""

from nnlib.search.ledger import Ledger, LedgerError
from nnlib.search.run import about_data, run_trial, train_trial
from nnlib.search.trial import Trial

__all__ = ["Ledger", "LedgerError", "Trial", "about_data", "run_trial", "train_trial"]
