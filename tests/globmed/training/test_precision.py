"""The number format that a machine computes fast."""

import pytest
import torch

from globmed.training.precision import BF16, Dtype, fast_dtype, processor_dtype


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx2": True, "avx512_bf16": False, "amx_bf16": False}, "float32"),
        ({"avx512_f": True, "avx512_bf16": True}, "bfloat16"),
        ({"amx_bf16": True}, "bfloat16"),
        ({"neon": True, "bf16": True}, "bfloat16"),
        ({"neon": True, "bf16": False, "fp16_arith": True}, "float32"),
        ({}, "float32"),
    ],
)
def test_a_processor_without_instructions_for_bfloat16_computes_float32(
    capabilities: dict[str, bool], expected: Dtype
) -> None:
    assert processor_dtype(capabilities) == expected


def test_this_processor_is_told_by_what_torch_knows_of_it() -> None:
    capabilities = torch.cpu.get_capabilities()
    assert {"architecture"} <= capabilities.keys()
    assert (fast_dtype("cpu") == "bfloat16") is any(capabilities.get(name, False) for name in BF16)
    if not torch.cuda.is_available():
        assert fast_dtype() == fast_dtype("cpu")
