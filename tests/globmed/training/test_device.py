"""Names of devices."""

import pytest
import torch

from globmed.training.device import device_name


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_the_processor_has_one_name(device: str) -> None:
    assert device_name(device) == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_is_the_processor() -> None:
    assert device_name() == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_has_its_makers_name() -> None:
    assert device_name() == device_name("cuda:0") == torch.cuda.get_device_name(0)
