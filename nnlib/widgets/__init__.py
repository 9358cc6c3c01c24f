"""Explorers: set a slider, see what becomes of it. Imported by name; needs ipywidgets and matplotlib.

    from nnlib.homework.explorers import q4_explorer
    q4_explorer(mnist)                                       # the cell's last line shows it

`explore` trains, `play` redraws a figure, `ConvolutionStepper` walks through a convolution.
"""

from nnlib.widgets.controls import Choice, LinearSlider, ValueSlider
from nnlib.widgets.explorer import Explorer, explore
from nnlib.widgets.playground import Playground, play

__all__ = ["Choice", "Explorer", "LinearSlider", "Playground", "ValueSlider", "explore", "play"]
