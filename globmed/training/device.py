"""The device that a model is computed on, for the record of what an answer or a training cost."""


def device_name(device: str | None = None) -> str:
    """Return the name of a device as its maker gives it, or ``cpu``.

    Args:
        device: as torch names it, such as cpu or cuda:1; by default a GPU if there is one, else the processor.
    """
    import torch

    gpu = torch.cuda.is_available() if device is None else device.startswith("cuda")
    # Several processes number the processor, of which there is one.
    return torch.cuda.get_device_name(device) if gpu else (device or "cpu").partition(":")[0]
