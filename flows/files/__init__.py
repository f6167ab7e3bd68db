"""Files from the inbox to typed rows beside what stands, the archive, and what a source's history says of them."""
