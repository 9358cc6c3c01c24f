"""Which device and which precision, on machines other than the current one; and where the data live."""

import platform

import pytest
import torch
from vgg_small import CPU, coloured, dataset, small_recipe

from nnlib.provenance.machine import processor
from nnlib.vgg import DataLoader, Trainer, fast_bfloat16, machine, pick_device, trainer

CUDA, MPS = torch.device("cuda"), torch.device("mps")


def with_capabilities(monkeypatch, **capabilities):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"architecture": "x", **capabilities})


@pytest.mark.parametrize(
    ("capabilities", "fast"),
    [
        ({}, False),
        ({"avx2": True, "avx512_f": True, "avx512_bf16": False, "amx_bf16": False}, False),
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True}, True),
        ({"bf16": True}, True),
        ({"sve_bf16": True, "bf16": False}, True),
    ],
)
def test_bfloat16_only_where_the_processor_has_it(monkeypatch, capabilities, fast):
    with_capabilities(monkeypatch, **capabilities)
    assert fast_bfloat16(CPU) is fast
    found = {name: Trainer(small_recipe(precision=name), dataset(20, 1), CPU).dtype for name in ("float32", "bfloat16")}
    assert found == {"float32": torch.float32, "bfloat16": torch.bfloat16 if fast else torch.float32}


@pytest.mark.parametrize("fast", [True, False])
def test_bfloat16_on_accelerators(monkeypatch, fast):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation or fast)
    assert fast_bfloat16(CUDA) is fast
    assert fast_bfloat16(MPS) is False


def test_the_machine_has_no_host_name(monkeypatch):
    version = f"PyTorch {torch.__version__}"
    assert machine(CPU) == f"{processor()}, {torch.get_num_threads()} threads, {version}"
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"A card, {device}")
    assert machine(CUDA) == f"A card, cuda, {version}"
    assert machine(MPS) == f"mps of {platform.machine()}, {version}"


def test_the_accelerator_if_it_is_available_else_the_cpu(monkeypatch):
    asked = []

    def current_accelerator(check_available=False):
        asked.append(check_available)
        return found

    monkeypatch.setattr(torch.accelerator, "current_accelerator", current_accelerator)
    found = None
    assert pick_device() == CPU
    found = MPS
    assert pick_device() == MPS
    assert asked == [True, True]


@pytest.mark.parametrize("name", ["cpu", "meta"])
def test_the_whole_set_lies_on_the_device_as_one_tensor_of_bytes(name):
    batches = DataLoader(*coloured(20), 10, seed=1, device=name)
    assert (batches.images.dtype, tuple(batches.images.shape)) == (torch.uint8, (20, 32, 32, 3))
    assert {batches.images.device.type, batches.labels.device.type} == {name}


@pytest.mark.parametrize(("asked", "used"), [(None, MPS), ("meta", torch.device("meta")), (CPU, CPU)])
def test_a_training_takes_the_device_that_is_asked_for_and_without_one_what_it_finds(monkeypatch, asked, used):
    class Begun(Exception):
        pass

    def begin(recipe, data, device):
        raise Begun(device)

    monkeypatch.setattr(trainer, "pick_device", lambda: MPS)
    monkeypatch.setattr(trainer, "Trainer", begin)
    with pytest.raises(Begun) as begun:
        trainer.run(small_recipe(), dataset(20, 1), device=asked)
    assert begun.value.args == (used,)
