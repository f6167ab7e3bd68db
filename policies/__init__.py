"""Who is entitled, flagged or due on a date: facts, the wide view, packs as data, the evaluator."""
