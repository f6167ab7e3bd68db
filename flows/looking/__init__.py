"""Looking without changing: `asof`, `explain`, `status`, and where a row of ours came from."""
