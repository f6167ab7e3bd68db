"""Invented people and what invented offices would deliver about them, with the truth beside it."""
