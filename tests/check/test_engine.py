"""The judge on the reference, on stubs and on planted mistakes; course/wrong holds many more."""

import importlib.util
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from forked_workers import Forked
from student_files import edit, stub, student_root

from nnlib.check import cases, engine, exercises, process, report
from nnlib.storage import REPOSITORY

CHECK = REPOSITORY / "nnlib" / "check"
pytestmark = pytest.mark.xdist_group("forked")  # one process runs them all: what workers are forked from starts once

WITH_CODE = [item for item in exercises.items().values() if item.rows]
TORCH = importlib.util.find_spec("torch") is not None
LAYERS, LOSSES = "nnlib.layers.", "nnlib.losses"

MISTAKES = {  # diagnosis: item, check, module, source, what is written instead
    "missing-bias": ("1.1", "value", "fully_connected", "x @ w + b", "x @ w"),
    "over-n": ("1.1", "gradient", "fully_connected", "db = dout.sum(axis=0)", "db = dout.mean(axis=0)"),
    "transpose": ("1.1", "gradient", "fully_connected", "dout @ w.T", "dout @ w"),
    "mask-from-gradient": ("1.2", "gradient", "relu", "return dout * positive", "return dout * (dout > 0)"),
    "inverted-dropout": ("1.3", "value", "dropout", "return x * scale,", "return x * scale / p,"),
    "eps-outside-root": ("1.4a", "value", "batch_norm", "np.sqrt(var + eps)", "(np.sqrt(var) + eps)"),
    "missing-mean-term": ("1.4c", "gradient", "batch_norm", "(dbeta + x_hat * dgamma)", "(x_hat * dgamma)"),
    "missing-variance-term": ("1.4c", "gradient", "batch_norm", "(dbeta + x_hat * dgamma)", "dbeta"),
    "n-for-nhw": (
        "1.4d",
        "gradient",
        "batch_norm",
        "    rows, dgamma, dbeta = batchnorm_backward(_as_rows(dout), rows_cache)\n",
        "    x_hat, gamma, sigma, _ = rows_cache\n    g = _as_rows(dout)\n"
        "    dgamma, dbeta = (g * x_hat).sum(0), g.sum(0)\n"
        "    rows = gamma / sigma * (g - (dbeta + x_hat * dgamma) / len(dout))\n",
    ),
    "overwrites-overlaps": ("1.5c", "col2im", "conv", "q] += columns", "q] = columns"),
    "flipped": ("1.5a", "valid", "conv", "[::-1, ::-1])", "[:, :])"),
    "ties-to-all": (
        "5.1c",
        "ties",
        "max_pool",
        "element += dout * (winner == index)  # a view of dx",
        "element += dout * (x_cache[index] == x_cache.max(axis=0))",
    ),
}
# Whole networks: two sizes, or one given.
FEW = ("ConvNet", "regularised_conv_net", "VGG11", "train_epoch", "test", "predict")
EXTRA = {  # what a mistake needs elsewhere in its file
    "ties-to-all": [
        (
            "return elements.max(axis=0), (winner, x.shape, sizes)",
            "return elements.max(axis=0), (winner, x.shape, sizes, elements)",
        ),
        ("winner, x_shape, sizes = cache", "winner, x_shape, sizes, x_cache = cache"),
    ]
}


@pytest.fixture
def root(tmp_path):
    return student_root(tmp_path)


def results(item, root, start=Forked, **options):
    return {result.name: result for result in engine.judge(item, root, start=start, **options)}


@pytest.mark.parametrize("item", [item.id for item in WITH_CODE if TORCH or not item.id.startswith("6")])
def test_the_reference_passes_every_check_hidden_ones_too(item):
    judged = results(item, REPOSITORY, start=Forked if item.startswith("6") else process.start)
    assert {name: (result.status, result.message) for name, result in judged.items()} == dict.fromkeys(
        (row.name for row in exercises.items()[item].rows), ("passed", "")
    )
    assert not any(result.diagnosis for result in judged.values())


WITH_BATCH_NORM = ("batchnorm_backward", "ConvNet", "regularised_conv_net")


@pytest.mark.parametrize(
    "item", [item.id for item in WITH_CODE if any(target.endswith(WITH_BATCH_NORM) for target in item.targets)]
)
def test_no_check_looks_at_batch_norms_float32_gradient_at_two_examples(item, root):
    """There dX is pure cancellation, so that a right answer may give anything."""
    noise = "    if dout.dtype == np.float32 and len(dout) == 2:\n        dx = dx + 1\n    return dx, dgamma, dbeta\n"
    edit(root, LAYERS + "batch_norm", "    return dx, dgamma, dbeta\n", noise)
    assert {name: result.status for name, result in results(item, root).items()} == dict.fromkeys(
        (row.name for row in exercises.items()[item].rows), "passed"
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_reference_passes_for_other_inputs(seed):
    for item in ("1.1", "1.3", "1.4c", "1.5c", "3.1", "5.1c"):
        assert {result.status for result in engine.judge(item, REPOSITORY, seed, start=Forked)} == {"passed"}


@pytest.mark.parametrize("diagnosis", MISTAKES)
def test_a_mistake_fails_its_check_and_is_named(root, diagnosis):
    item, name, module, old, new = MISTAKES[diagnosis]
    for more in ((old, new), *EXTRA.get(diagnosis, ())):
        edit(root, LAYERS + module, *more)
    judged = results(item, root)
    assert (judged[name].diagnosis, judged[name].status) in [(diagnosis, "failed"), (diagnosis, "exception")]


def test_a_wrong_forward_pass_costs_its_own_item_alone(root):
    edit(root, LAYERS + "fully_connected", "x @ w + b", "x @ w")
    judged = results("1.1", root)
    assert judged["value"].status == "failed"
    assert (judged["gradient"].status, judged["gradient"].message) == ("not run", "1.1 value has to pass first")
    assert {result.status for result in results("1.2", root).values()} == {"passed"}


def test_backward_is_judged_by_the_definition_whatever_the_cache_holds(root):
    edit(root, LAYERS + "fully_connected", "return out, (x, w)", "return out, {'x': x.T.copy(), 'w': w}")
    edit(root, LAYERS + "fully_connected", "x, w = cache", "x, w = cache['x'].T, cache['w']")
    assert {result.status for result in results("1.1", root).values()} == {"passed"}


def test_a_stub_waits_and_so_does_what_stands_on_it(root):
    stub(root, "nnlib.layers.batch_norm:batchnorm_forward", "1.4a")
    for item in ("1.4a", "1.4c"):
        assert {(result.status, result.message) for result in results(item, root).values()} == {("waits", "1.4a")}


def test_a_stub_of_backward_leaves_forward_its_checks(root):
    stub(root, "nnlib.layers.fully_connected:fc_backward", "1.1")
    judged = results("1.1", root)
    assert judged["value"].status == "passed"
    assert judged["gradient"].status == "waits"


def test_a_syntax_error_names_its_line_and_leaves_other_items_alone(root):
    edit(root, LAYERS + "conv", "columns = im2col(x, (kh, kw))", "columns = im2col(x, (kh, kw)")
    judged = results("1.5b", root)["value"]
    assert judged.status == "syntax"
    assert re.fullmatch(r"conv\.py:\d+", judged.place)
    assert {result.status for result in results("1.1", root).values()} == {"passed"}


def test_an_endless_loop_costs_its_own_check(root, monkeypatch):
    monkeypatch.setattr("nnlib.check.process.SECONDS", 2.0)
    edit(root, LAYERS + "relu", "    positive = cache\n", "    positive = cache\n    while True:\n        pass\n")
    rows = tuple(row for row in exercises.items()["1.2"].rows if row.name in ("value", "gradient"))
    judged = results("1.2", root, rows=rows)
    assert judged["value"].status == "passed"
    assert judged["gradient"].status == "timeout"


def test_an_exception_of_ours_is_no_failure(monkeypatch):
    def broken(x):
        raise RuntimeError("our mistake")

    subject = cases.OF["nnlib.layers.relu:relu_forward"]
    monkeypatch.setitem(subject.__dict__, "define", broken)
    judged = results("1.2", REPOSITORY)
    assert (judged["value"].status, judged["value"].message) == ("ours", "RuntimeError: our mistake")


def test_numerical_differentiation_is_right_but_not_economical(root, monkeypatch):
    monkeypatch.setattr("nnlib.check.economy.START_UP", 1.0)  # shorter to wait for
    edit(
        root,
        LAYERS + "fully_connected",
        "dw = x.T @ dout  # (Din, N) (N, Dout) -> (Din, Dout)",
        "dw = np.array([[np.sum(x[:, i] * dout[:, j]) for j in range(w.shape[1])] for i in range(w.shape[0])])",
    )
    judged = results("1.1", root)
    assert judged["gradient"].status == "passed"
    assert (judged["economy"].status, judged["economy"].diagnosis) in [("failed", "slow-backward"), ("passed", "")]
    edit(
        root,
        LAYERS + "fully_connected",
        "    dw = np.array",
        "    for _ in range(w.size):\n        x @ w\n    dw = np.array",
    )
    assert results("1.1", root)["economy"].diagnosis == "slow-backward"


def test_gradients_are_judged_at_the_size_where_their_economy_is(root):
    edit(root, LAYERS + "fully_connected", "dw = x.T @ dout", "dw = (w.size < 5000) * x.T @ dout")
    judged = results("1.1", root)
    failed = {name: result.message for name, result in judged.items() if result.status != "passed"}
    assert failed == {"economy": "backward is quick, and wrong for large inputs"}


def test_inputs_follow_from_the_seed(root):
    edit(root, LAYERS + "relu", "np.maximum(x, 0)", "2 * np.maximum(x, 0)")
    messages = [results("1.2", root, seed=seed)["value"].message for seed in (0, 0, 1)]
    assert messages[0] == messages[1] != messages[2]


def test_each_row_draws_inputs_of_its_own(monkeypatch):
    drawn = []
    monkeypatch.setattr(engine, "Examination", lambda subject, row, worker, targets, rng: drawn.append(rng.random()))
    monkeypatch.setattr(engine, "examine", lambda examination: None)
    for item in WITH_CODE:
        for row in item.rows:
            engine.judge_row(item, row, None, seed=0)
    assert len(set(drawn)) == len(drawn) > 100


def test_every_target_has_a_subject_and_three_unequal_cases():
    for item in WITH_CODE:
        judged = {name for row in item.rows for name in row.of or [each.partition(":")[2] for each in item.targets]}
        targets = {each for each in item.targets if each.partition(":")[2] in judged}
        assert targets, item.id
        assert targets <= set(cases.OF), item.id
    for subject in cases.SUBJECTS:
        drawn = [(sizes, str(options)) for sizes, options in subject.cases[""]]
        assert len(set(drawn)) == len(drawn)
        assert len({sizes for sizes, _ in drawn}) >= 3 or subject.targets[0].rpartition(":")[2] in FEW, subject.targets


def test_a_row_that_compares_nothing_is_no_pass(monkeypatch):
    monkeypatch.setattr("nnlib.check.examination._wanted", lambda row, output: False)
    assert results("1.2", REPOSITORY)["value"].status == "ours"


def test_every_diagnosis_has_a_sentence_and_every_sentence_a_diagnosis():
    source = "".join(path.read_text(encoding="utf-8") for path in CHECK.rglob("*.py"))
    kinds = ("missing-{}-term", "{}-term-sign", "{}-term-without-n", "{}-term-twice", "{}-term-scale")
    built = {kind.format(term) for kind in kinds for term in ("mean", "variance")}
    assert [id for id in report.diagnoses() if f'"{id}"' not in source and id not in built] == []
    assert set(re.findall(r'yield "([a-z0-9-]+)"', source)) | built <= set(report.diagnoses())


def test_hints_hold_no_code():
    for name, texts in tomllib.loads((CHECK / "diagnoses.toml").read_text(encoding="utf-8")).items():
        for text in texts.values():
            assert not re.search(r"[=@\[\]]|np\.|\w\(|\.T\b", text), name
            assert text.endswith(".")


def test_no_backward_formula_stands_in_the_room():
    """The matrix products and sums of the layers' backward passes, as they are written there."""
    backward = ["dout @", "@ dout", "dout.sum(axis=0)", "dout * positive", "gamma / sigma", "winner == index"]
    for path in Path(CHECK).glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not [each for each in backward if each in source], path.name


def test_definitions_agree_with_the_functions():
    from nnlib import layers

    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 3, 5, 4)), rng.standard_normal((4, 3, 3, 2))
    np.testing.assert_allclose(cases.definitions.convolution(x, w), layers.conv_forward(x, w)[0])


@pytest.mark.parametrize(
    ("item", "name", "seed"),
    [("5.2a", "value", 15), ("5.2a", "value", 24), *(("5.4a", "mode", seed) for seed in (2, 5, 7, 13, 35))],
)
def test_the_repository_passes_whatever_is_drawn(item, name, seed):
    """Dead units, a mask that drops everything that is not 0, a label that is certain: none is the student's fault."""
    rows = tuple(row for row in exercises.items()[item].rows if row.name == name)
    found = results(item, REPOSITORY, seed=seed, rows=rows)[name]
    assert (found.status, found.message) == ("passed", "")
