"""What was decided and when we knew it: the fold, the delta, sealed runs, verify, rebuild."""
