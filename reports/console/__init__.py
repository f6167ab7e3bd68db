"""Pages of the console: each a pure function from checked tables to a page value, and its template."""
