"""From bytes to typed rows: receive, decode, bind, type, quarantine."""
