"""The number format in which this machine computes a model fast."""

from collections.abc import Mapping
from typing import Any, Literal

Dtype = Literal["float32", "bfloat16", "float16"]
#: Capabilities of a processor with instructions for bfloat16, as `torch.cpu.get_capabilities` names them; without one
#: of these, bfloat16 is several times slower than float32.
BF16 = ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16")


def fast_dtype(device: str | None = None) -> Dtype:
    """Return the number format that a device computes fast.

    It is bfloat16 where the device has instructions for it; otherwise float16 on a GPU, and float32 on a processor.

    Args:
        device: as torch names it, such as cpu or cuda:1; by default a GPU if there is one, else the processor.
    """
    import torch

    gpu = torch.cuda.is_available() if device is None else device.startswith("cuda")
    if not gpu:
        return processor_dtype(torch.cpu.get_capabilities()) if device in (None, "cpu") else "float32"
    # An emulated bfloat16 is no faster than float32.
    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"


def processor_dtype(capabilities: Mapping[str, Any]) -> Dtype:
    """Return the number format that a processor of these capabilities computes fast."""
    return "bfloat16" if any(capabilities.get(name) for name in BF16) else "float32"
