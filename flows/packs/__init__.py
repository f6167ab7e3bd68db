"""Policy packs as a whole: checked, approved, kept by night, and tried beforehand: `whatif`."""
