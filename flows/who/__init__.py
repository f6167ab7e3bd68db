"""Who tonight's rows are about (`linking.py`): what is asked again, what reviewers said, and how well it is done: `train`, `evaluate`."""
