"""Right answers in odd forms: however a student's file defines them, the worker runs what the file would."""

import numpy as np
import pytest

from course.extract import extract
from course.judging import solution
from nnlib.check.process import Process, StudentError

FC, RELU, CONV = (f"nnlib/layers/{name}.py" for name in ("fully_connected", "relu", "conv"))
HEAD = "import numpy as np\nfrom nnlib.layers import arguments\n"
AFFINE = "def affine(x, w, b):\n    return x @ w + b\n"
RIGHT = "def fc_forward(x, w, b):\n    return x @ w + b, (x, w)\n"
BACKWARD = "def fc_backward(dout, cache):\n    x, w = cache\n    return dout @ w.T, x.T @ dout, dout.sum(axis=0)\n"
USING = "def fc_forward(x, w, b):\n    return affine(x, w, b), (x, w)\n"

FORMS = {
    "a lambda": "fc_forward = lambda x, w, b: (x @ w + b, (x, w))\n",
    "a walrus": "(fc_forward := lambda x, w, b: (x @ w + b, (x, w)))\n",
    "another name": RIGHT.replace("fc_forward", "mine") + "fc_forward = mine\n",
    "a function around it": f"def timed(f):\n    return lambda *a: f(*a)\n{RIGHT}fc_forward = timed(fc_forward)\n",
    "the later of two": f"fc_forward = None\nS = 'x'\nS = 1.0\n{RIGHT.replace('x @', 'S * x @')}",
    "a method": f"class Layer:\n    pass\n{USING.replace('fc_', 'my_')}{AFFINE}"
    "Layer.forward = staticmethod(my_forward)\nfc_forward = Layer().forward\n",
    "under a condition": f"if np.__version__ > '1':\n    {RIGHT.replace(chr(10), chr(10) + '    ')}\n",
    "in a try": "try:\n    from numba import njit\nexcept ImportError:\n"
    f"    def njit(f):\n        return f\n@njit\n{RIGHT}",
    "a table that is filled": f"TABLE = {{}}\n{AFFINE}TABLE['f'] = affine\nSCALE = 0.5\nSCALE += 0.5\nONES = []\n"
    "for i in range(3):\n    ONES.append(1.0)\n"
    "def fc_forward(x, w, b):\n    return ONES[2] * SCALE * TABLE['f'](x, w, b), (x, w)\n",
    "a global counter": "calls = 0\ndef fc_forward(x, w, b):\n    global calls\n    calls += 1\n"
    "    return x @ w + b, (x, w)\n",
    "a name in a text": f"{AFFINE}def fc_forward(x, w, b):\n    return globals()['affine'](np.array(x), w, b), x\n",
    "stars": "from numpy import *\nfrom nnlib.layers import *\n"
    "def fc_forward(x, w, b):\n    return add(dot(x, w), b), (x, w)\n",
    "run as a script": f"{RIGHT}if __name__ == '__main__':\n    fc_forward = None\n",
    "code that tries it": f"{RIGHT}x = np.load('missing')\nout, w = fc_forward(x, 1, 2)\n"
    "np.testing.assert_allclose(1, 2)\n"
    "with open('missing') as b:\n    pass\n",
    "a helper of another file": f"from nnlib.layers.relu import affine\n{USING}",
    "a helper of another file, by its module": f"from nnlib.layers import relu\n{USING.replace('aff', 'relu.aff')}",
    "a module of their own": f"from nnlib.layers.helpers import affine\n{USING}",
    "a relative import": "from . import helpers\nfrom .helpers import affine as also\n"
    "def fc_forward(x, w, b):\n    return also(x, w, helpers.affine(x, w, b) - x @ w), (x, w)\n",
    "the answer in a module of their own": "from nnlib.layers.helpers import fc_forward\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_an_odd_form_is_run_as_it_was_meant(tmp_path, form):
    mine = solution()[RELU] + f"\nimport nnlib.layers.fully_connected\n{AFFINE}"
    helpers = f"import numpy as np\nraise SystemExit\n{AFFINE}{RIGHT}"
    files = {**solution(), FC: HEAD + FORMS[form] + BACKWARD, RELU: mine, "nnlib/layers/helpers.py": helpers}
    found = extract(files, "1.1")
    assert (found.status, found.message) == ("", "")
    found.write(tmp_path)
    x, w, b = (np.arange(size).reshape(shape) / 7 for size, shape in ((6, (2, 3)), (12, (3, 4)), (4, (4,))))
    with Process(tmp_path) as worker:
        assert np.allclose(worker.call("nnlib.layers.fully_connected:fc_forward", x, w, b, keep=(1,))[0], x @ w + b)


@pytest.mark.parametrize("own", ["", "def conv_forward(x, w:\n    pass\n"])
def test_another_items_answer_of_ours_is_never_lent(tmp_path, own):
    code = (
        HEAD + "from nnlib.layers.conv import conv_forward\ndef fc_forward(x, w, b):\n    return conv_forward(x, w)\n"
    )
    found = extract({**solution(), FC: code + BACKWARD, CONV: own}, "1.1")
    found.write(tmp_path)
    with Process(tmp_path) as worker, pytest.raises(StudentError) as raised:
        worker.call("nnlib.layers.fully_connected:fc_forward", *np.ones((3, 1, 1, 1, 1)))
    assert raised.value.kind == "waits"


def test_their_own_function_of_another_item_is_theirs_and_the_courses_stays_away():
    code = (
        HEAD + "from nnlib.layers.conv import conv_forward, im2col\ndef fc_forward(x, w, b):\n    return im2col(x, w)\n"
    )
    mine = "def im2col(x, kernel):\n    return 'mine'\n"
    text = extract({**solution(), FC: HEAD + code + BACKWARD, CONV: mine}, "1.1").sources["nnlib.layers.conv"]
    assert text.rpartition("def im2col")[2].count("return 'mine'") == 1
    assert "np.ndindex" not in text
