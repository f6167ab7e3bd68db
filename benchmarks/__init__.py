"""Speed beside the floor, measured in one run. Never part of the tests."""
