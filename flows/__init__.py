"""Order, retries, paths, settings, the command line: the only room that knows Prefect, the clock and the workspace."""

import sys

# With the extra `cluster` installed pandera would import it for each command: it is not there until the Spark engine asks.
sys.modules.setdefault("pyspark", None)  # type: ignore[arg-type]
