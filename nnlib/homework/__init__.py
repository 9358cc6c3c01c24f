"""What belongs to one question of the homework: nothing outside this package knows a question by its number.

sweeps.py        Q2 to Q5: the grids on which hyper-parameters are chosen; `python -m nnlib.homework q5` runs them
explorers.py     Q2 to Q5: sliders that train a model
playgrounds.py   Q1 and Q7: sliders that redraw a figure
stepper.py       Q1: a convolution, output pixel by output pixel
depth.py         7.1: a gradient on its way back through a deep network
masks.py         7.2: mean and spread of a layer over dropout's masks
descent.py       7.3: the learning rate against the curvature
results.py       result rows and the table that `make run` prints
listing.py       the package's own code, shown in a notebook
"""
