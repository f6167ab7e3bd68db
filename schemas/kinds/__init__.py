"""One module per group of offices: what each of them delivers, declared once."""
