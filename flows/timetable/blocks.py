"""Prefect's notification blocks by which an address is told. Only imported where somebody is told: Prefect takes seconds."""

from apprise import Apprise
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.notifications import AppriseNotificationBlock, CustomWebhookNotificationBlock

WEB = ("http://", "https://")
# What a plain web address gets: robots of 企业微信 and 钉钉 read `text.content`, others what they like.
POSTED = {
    "msgtype": "text",
    "text": {"content": "{{subject}}\n{{body}}"},
    "title": "{{subject}}",
    "body": "{{body}}",
}


class AnyService(AppriseNotificationBlock):
    """E-mail (mailtos://), and whatever else Apprise knows: wecombot://, dingtalk://, feishu://."""


def block_of(address: str) -> NotificationBlock | None:
    """The block for an address; None where it is none."""
    if address.startswith(WEB):
        return CustomWebhookNotificationBlock(name="zhaoren", url=address, json_data=POSTED, headers=None, cookies=None)
    return AnyService(url=address) if Apprise.instantiate(address) else None  # type: ignore[arg-type]


def is_told(address: str, subject: str, text: str) -> bool:
    """Whether the address took it. What a block's library raises may hold the address, and goes no further."""
    block = block_of(address)
    try:
        with block.raise_on_failure():  # type: ignore[union-attr]
            block.notify(text, subject, _sync=True)  # type: ignore[union-attr, call-arg]
    except Exception:
        return False
    return True
