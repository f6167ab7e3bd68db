"""Zip archives: looked through first, then unpacked under limits."""
