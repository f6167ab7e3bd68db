"""What an auditor relies on: keys and heads, `verify` and `prove`, who looked at what, what was destroyed, where personal values must not stand."""
