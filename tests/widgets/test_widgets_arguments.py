"""What controls, explorers and playgrounds refuse: never a raw error from inside, and nothing wrong in silence."""

import numpy as np
import pytest
from search_toy import make, toy_data

from nnlib.search import TrialLog
from nnlib.widgets import Choice, LinearSlider, ValueSlider, explore, play

CONTROLS = [ValueSlider("hidden_dim", "hidden units", 2, (2, 3))]
CALLS = {  # a function, arguments that it takes, and which of them the clumsy values below may be
    Choice: ({"name": "n", "label": "l", "default": "a", "options": ["a"], "note": None}, {"note": (None,)}),
    LinearSlider: (
        {"name": "n", "label": "l", "default": 1, "low": 0, "high": 2, "step": 1, "note": None},
        {"note": (None,), "step": (3,), "high": (3,), "low": (-1,)},
    ),
    ValueSlider: ({"name": "n", "label": "l", "default": 1, "values": [1, 2], "note": None}, {"note": (None,)}),
    explore: (
        {
            "make_model": make,
            "data": toy_data(),
            "controls": CONTROLS,
            "solver": {},
            "trial_log": TrialLog(),
            "name": "n",
        },
        {"solver": (None,), "trial_log": (None,)},
    ),
    play: ({"draw": lambda figure, hidden_dim: "text", "controls": CONTROLS, "size": (3, 2), "name": "n"}, {}),
}
CLUMSY = (3, None, [[]], {"x": 3}, np.nan, -1, np.ones((1, 1, 1)), [None], int)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_each_argument_that_is_of_another_kind_is_named(call):
    good, taken = CALLS[call]
    for name in good:
        for value in CLUMSY:
            if any(value is each for each in taken.get(name, ())) or (name, value is int) == ("make_model", True):
                continue
            named = "default" if (name, type(value)) == ("options", dict) else name
            named = {"solver": "settings|solver", "low": "n|default|low", "high": "n|default|high"}.get(name, named)
            with pytest.raises((TypeError, ValueError), match=rf"^({named})(\[.*\])?: expected "):
                call(**good | {name: value})
    if hasattr(shown := call(**good), "close"):
        shown.close()
