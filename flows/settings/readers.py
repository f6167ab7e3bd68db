"""Who opens which workbook and what they see: `[readers.<profile>]` of the settings, each value beside its default."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from schemas.readers import READERS, SHOWN, Reader

SWITCHES = ("hardship", "disability")


def read_readers(data: Mapping[str, Any], full_id_number: bool) -> dict[str, Reader]:
    """Every profile; what the settings do not say is the default. Raises: ValueError in an officer's words."""
    if unknown := set(data) - set(READERS):
        raise ValueError(f"readers 中不认识 {'、'.join(sorted(unknown))}；有 {'、'.join(READERS)}")
    readers = {name: replace(reader, **_given(name, data.get(name, {}))) for name, reader in READERS.items()}
    if full_id_number and "id_number" not in data.get("centre", {}):
        readers["centre"] = replace(readers["centre"], id_number="full")
    return readers


def _given(name: str, given: Any) -> dict[str, Any]:
    known = [f.name for f in fields(Reader)]
    if not isinstance(given, Mapping) or set(given) - set(known):
        raise ValueError(f"readers.{name} 只能写 {'、'.join(known)}")
    for key, value in given.items():
        if key in SWITCHES and not isinstance(value, bool):
            raise ValueError(f"readers.{name}.{key} 应是 true 或 false")
        if key not in SWITCHES and value not in SHOWN:
            raise ValueError(f"readers.{name}.{key} 应是 {'、'.join(SHOWN)} 之一")
    return dict(given)
