"""Who receives packages, and what they may see: `[recipients.<name>]` of the settings. Nothing is allowed by silence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from schemas.errors import UsageError, say
from schemas.readers import TELLS_OF

ASKED = {"packs": list, "full_id_number": bool, "hardship": bool, "disability": bool}


@dataclass(frozen=True)
class Recipient:
    """`packs`: whose entries go there. `full_id_number`: whether digits 7 to 14 are shown. `hardship`, `disability`: whether
    they learn who is in hardship or disabled."""

    packs: tuple[str, ...]
    full_id_number: bool
    hardship: bool
    disability: bool

    @property
    def hidden_kinds(self) -> list[str]:
        """The extract kinds of whose records nothing is said."""
        return [k for name, kinds in TELLS_OF.items() if not getattr(self, name) for k in kinds]

    def profile(self) -> dict[str, Any]:
        """What the recipient sees, as it is written into a package."""
        return {**asdict(self), "packs": sorted(self.packs)}


def read_recipients(data: Mapping[str, Any]) -> dict[str, Recipient]:
    """Every recipient the settings name. Raises: ValueError in an officer's words."""
    return {name: _recipient(name, given) for name, given in data.items()}


def _recipient(name: str, given: Any) -> Recipient:
    if not isinstance(given, Mapping) or set(given) != set(ASKED):
        raise ValueError(f"recipients.{name} 应恰好写明 {'、'.join(ASKED)}")
    if wrong := [key for key, kind in ASKED.items() if not isinstance(given[key], kind)]:
        raise ValueError(f"recipients.{name}.{wrong[0]} 应是 {'列表' if wrong[0] == 'packs' else 'true 或 false'}")
    return Recipient(**{**given, "packs": tuple(str(p) for p in given["packs"])})


def find_recipient(recipients: Mapping[str, Recipient], name: str) -> Recipient:
    """Raises: UsageError, naming those that are known."""
    if name not in recipients:
        known = "、".join(sorted(recipients)) or say("还没有", "none yet")
        raise UsageError(
            say(
                f"设置里没有接收方「{name}」（现有：{known}）；请在 zhaoren.toml 中写一节 "
                f'[recipients."{name}"]，含 {"、".join(ASKED)} 各项。',
                f'No recipient {name!r} in the settings (known: {known}); add [recipients."{name}"] with {", ".join(ASKED)}.',
            )
        )
    return recipients[name]
