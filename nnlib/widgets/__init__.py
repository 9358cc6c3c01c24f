"""Sliders for experiments: `explore` trains a model with live curves, `play` redraws a figure.

    from nnlib.widgets import ValueSlider, explore

    rate = ValueSlider("learning_rate", "learning rate", 0.1, (0.01, 0.1, 1.0))
    explore(make_model, data, controls=[rate], name="my_model")  # as the last line of a cell, it displays itself

Imported by name; needs ipywidgets and matplotlib. Those of the homework are in `nnlib.homework`.
"""

from nnlib.widgets.controls import Choice, LinearSlider, ValueSlider
from nnlib.widgets.explorer import Explorer, explore
from nnlib.widgets.playground import Playground, play

__all__ = ["Choice", "Explorer", "LinearSlider", "Playground", "ValueSlider", "explore", "play"]
