"""`[machine] memory`: how much memory a night may take, and how it is shared out."""

import re

UNITS = {"MB": 1 << 20, "GB": 1 << 30}
LEAST = 512 << 20  # what the libraries and one file's block take by themselves


def read_bytes(name: str, text: object) -> int:
    """
    >>> read_bytes("machine.memory", "4GB") >> 20
    4096

    Raises: ValueError, naming the setting.
    """
    told = re.fullmatch(r"\s*(\d+)\s*(MB|GB)\s*", str(text), re.IGNORECASE)
    size = int(told[1]) * UNITS[told[2].upper()] if told else 0
    if size < LEAST:
        raise ValueError(f'{name} 应写成 "4GB" 或 "2048MB" 的样式，至少 {LEAST >> 20}MB')
    return size
