"""Everything that belongs to a single question of the homework.

Of the rest of nnlib only nnlib.check knows the questions: it judges what students write.

sweeps.py        Q2 to Q5: the grids for tuning hyper-parameters; `python -m nnlib.homework q5` runs them;
                 q4_recorded.jsonl holds two trials beyond Q4's grid
explorers.py     Q2 to Q5: sliders that train a model
augment.py       Q5: random shifts of the training images
costs.py         Q5: how long each layer takes in a training step
stand_ins.py     Q5: which layers it trains with, a student's own or PyTorch's
newton.py        Q2: the minimum of a linear classifier's loss, by Newton's method
playgrounds.py   Q1 and Q7: sliders that redraw a figure
stepper.py       Q1: a convolution, one output element per step; convolution.py finds its products
recorded.py      Q6: the figures of its full run, q6_recorded.json; starts.py trains two small networks for it
depth.py         7.1: gradients in a deep network, layer by layer
gains.py         7.1: the factor that each layer of sigmoids puts on the gradient, and the accuracy that follows
signs.py         7.1: the path of two weights whose inputs are all positive
masks.py         7.2: mean and variance of a layer's outputs over dropout's masks
means.py         7.2: what a network with dropout puts out at test time, and the means that it stands in for
descent.py       7.3: the learning rate and the curvature of the loss
cures.py         7.3: two trainings whose loss rises again, and their cures
digits.py        the examples that 7.1 to 7.3 use by default
results.py       result rows and the table that `make run` prints
arguments.py     checks of a function's arguments by its annotations
listing.py       shows source code of nnlib in a notebook
figures/         the notebooks' figures, a file or two for each question
"""
