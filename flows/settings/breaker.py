"""`[breaker]` of the settings: from how many people on a night is held until an officer signs it."""

from collections.abc import Mapping
from typing import Any

from flows.settings.sources import number
from ledger.breaker import DEFAULT_BANDS, Band, Bands

KEYS = {*DEFAULT_BANDS, "history_runs", "history_times"}
TEMPLATE = """
[breaker]
# 熔断：一夜之内某项人数（按政策包，也按镇街）同时超过「原有人数的比例」和「最少人数」时，整夜不发布，等经办人核实签字
# （zhaoren release）。满 history_runs 夜之后，还不得超过近 history_runs 夜最高数的 history_times 倍。首夜没有可比的，不熔断。
{bands}
history_runs = {runs}
history_times = {times:g}
"""


def breaker_template() -> str:
    """The section with its defaults, as `init` writes it."""
    lines = [f"{name} = {{share = {b.share}, minimum = {b.minimum}}}" for name, b in DEFAULT_BANDS.items()]
    return TEMPLATE.format(bands="\n".join(lines), runs=Bands.history_runs, times=Bands.history_times)


def read_bands(data: Mapping[str, Any]) -> Bands:
    """The bands, the defaults where the settings say nothing. Raises: ValueError in an officer's words."""
    bands = {name: _band(name, data.get(name, {}), default) for name, default in DEFAULT_BANDS.items()}
    runs = number("breaker.history_runs", data.get("history_runs", Bands.history_runs), whole=True)
    times = number("breaker.history_times", data.get("history_times", Bands.history_times), whole=False)
    return Bands(bands, runs, float(times))


def _band(name: str, said: Any, default: Band) -> Band:
    if not isinstance(said, Mapping) or set(said) - {"share", "minimum"}:
        raise ValueError(f"breaker.{name} 应写成 {{share = 比例, minimum = 人数}}")
    share = number(f"breaker.{name}.share", said.get("share", default.share), whole=False)
    return Band(float(share), number(f"breaker.{name}.minimum", said.get("minimum", default.minimum), whole=True))
