"""Spreadsheets of every sort: looked through first, then opened in a process of their own."""
