"""Declarative files: what they are, what they say as plain trees, and rules on them."""
