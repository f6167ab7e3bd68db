"""`zhaoren schedule`: the night through Prefect, by the clock, and who is told how it ended."""
