"""What the machine has, and what fits it."""

import dataclasses
import os

# Width and pictures a step of models that are made for the machine.
SMALL = {"filters": 24, "batch_size": 16}
MEDIUM = {"filters": 32, "batch_size": 16}
LARGE = {"filters": 64, "batch_size": 32}


@dataclasses.dataclass(frozen=True)
class Machine:
    """Cores, memory and GPUs.

    Args:
        cores: int. Processors that this process may use.
        memory: int or `None`. Bytes of memory, where the system tells.
        gpus: tuple of str. The names of the GPUs that TensorFlow sees.

    Example:

    ```python
    print(Machine.here())  # 2 cores, 23.5 GiB of memory, no GPU
    ```
    """

    cores: int
    memory: int | None = None
    gpus: tuple[str, ...] = ()

    @classmethod
    def here(cls):
        """Returns this machine."""
        import tensorflow as tf

        gpus = []
        for device in tf.config.list_physical_devices("GPU"):
            details = tf.config.experimental.get_device_details(device)
            gpus.append(details.get("device_name", "GPU"))
        return cls(_cores(), _memory(), tuple(gpus))

    def sizes(self):
        """Picks widths and a batch size.

        Returns:
            A dict with `filters` and `batch_size`.
        """
        if self.gpus:
            return LARGE
        few = self.cores < 2 or (self.memory is not None and self.memory < 4 * 2**30)
        return SMALL if few else MEDIUM

    def __str__(self):
        cores = f"{self.cores} core{'s' * (self.cores != 1)}"
        memory = "memory unknown"
        if self.memory is not None:
            memory = f"{self.memory / 2**30:.1f} GiB of memory"
        return f"{cores}, {memory}, {', '.join(self.gpus) or 'no GPU'}"


def _cores():
    # Containers are often given fewer than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory():
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
