"""Python's nodes, lowered."""
