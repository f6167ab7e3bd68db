"""The section `[announce]`: who is told how a scheduled night ended, and of which ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENDS = {
    "done": "本夜完成",
    "refused": "本夜完成，有文件没有收下",
    "held": "本夜被熔断扣住，没有发布",
    "failed": "本夜没有走完",
}


@dataclass(frozen=True)
class Announce:
    """`addresses`: the path of the file with one address a line ("": nobody is told); `when`: ends of which it is told."""

    addresses: str = ""
    when: tuple[str, ...] = ("refused", "held", "failed")


def read_announce(data: Mapping[str, Any]) -> Announce:
    """Raises: ValueError; an address itself does not belong into settings, which every run seals."""
    if unknown := set(data) - {"addresses", "when"}:
        raise ValueError(f"不认识 announce.{'、announce.'.join(sorted(unknown))}")
    addresses, when = data.get("addresses", ""), data.get("when", list(Announce.when))
    if not isinstance(addresses, str) or "://" in addresses or (addresses and "/" not in addresses):
        raise ValueError("announce.addresses 应是地址文件的路径，放在工作区以外；地址本身写在那个文件里")
    if not isinstance(when, list) or not set(when) <= set(ENDS):
        raise ValueError(f"announce.when 应是列表，只能用 {'、'.join(ENDS)}")
    return Announce(addresses, tuple(when))
