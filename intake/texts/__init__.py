"""Delimited and fixed-width text: decoded strictly, its shape found by its header."""
