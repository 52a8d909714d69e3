"""Models of Python's libraries."""
