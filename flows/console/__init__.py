"""The console: review and audit in the browser, over sealed runs only. One module per group of addresses."""
