"""Ground floor: one declaration per table that crosses a room's border, and the errors."""
