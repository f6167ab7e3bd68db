"""`zhaoren doctor`: what is wrong here and how to mend it, before a night is run."""
