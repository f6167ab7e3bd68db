"""The pages that tell what the program reads and writes, one module each."""
