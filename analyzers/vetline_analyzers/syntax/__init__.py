"""Trees: the only place where bytes are counted."""
