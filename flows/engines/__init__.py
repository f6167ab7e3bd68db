"""Where a night's stages run: on one connection, in parts on this machine, or on a cluster's workers."""
