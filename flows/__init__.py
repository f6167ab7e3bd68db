"""Order, retries, paths, settings, the command line: the only room that knows Prefect, the clock and the workspace."""
