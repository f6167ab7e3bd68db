"""What `zhaoren.toml` says, section by section: read once into one frozen object (`read.py`)."""
