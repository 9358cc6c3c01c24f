"""Which device to train on, and in what precision."""

from __future__ import annotations

import platform

import torch

from nnlib import checks
from nnlib.provenance.machine import processor

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def pick_device() -> torch.device:
    """Return the accelerator that PyTorch finds (CUDA, MPS, ...), else the CPU."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def fast_bfloat16(device: torch.device) -> bool:
    """Return whether `device` multiplies in bfloat16 faster than in float32; elsewhere it is emulated, and slower."""
    if device.type == "cpu":
        has = torch.cpu.get_capabilities()
        return any(has.get(name, False) for name in ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16"))
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def dtype_of(precision: str, device: torch.device) -> torch.dtype:
    """Return the dtype that convolutions and products are computed in: 'bfloat16' only where that is fast.

    Weights, their updates, sums of batch norm and the loss are float32 in either case.
    """
    checks.choice("precision", precision, tuple(PRECISIONS))
    return PRECISIONS[precision] if fast_bfloat16(device) else torch.float32


def machine(device: torch.device) -> str:
    """Return what trained: the accelerator, or the processor and its threads; PyTorch's version. No host name."""
    where = f"{processor()}, {torch.get_num_threads()} threads"
    if device.type == "cuda":
        where = torch.cuda.get_device_name(device)
    elif device.type != "cpu":
        where = f"{device.type} of {platform.machine()}"
    return f"{where}, PyTorch {torch.__version__}"
