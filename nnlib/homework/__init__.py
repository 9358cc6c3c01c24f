"""Everything that belongs to a single question of the homework; the rest of nnlib does not know the questions.

sweeps.py        Q2 to Q5: the grids for tuning hyper-parameters; `python -m nnlib.homework q5` runs them
explorers.py     Q2 to Q5: sliders that train a model
augment.py       Q5: random shifts of the training images
costs.py         Q5: how long each layer takes in a training step
newton.py        Q2: the minimum of a linear classifier's loss, by Newton's method
playgrounds.py   Q1 and Q7: sliders that redraw a figure
stepper.py       Q1: a convolution, one output element per step; convolution.py finds its products
depth.py         7.1: gradients in a deep network, layer by layer
masks.py         7.2: mean and standard deviation of a layer's outputs over dropout's masks
descent.py       7.3: the learning rate and the curvature of the loss
digits.py        the examples that 7.1 to 7.3 use by default
results.py       result rows and the table that `make run` prints
listing.py       shows source code of nnlib in a notebook
"""
