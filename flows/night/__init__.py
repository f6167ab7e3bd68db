"""One night from its beginning to what it publishes: the steps in their order (`in_order.py`, `steps.py`), and a night that is held."""
