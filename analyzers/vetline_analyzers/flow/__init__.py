"""Data flow: what a value may be and where it came from, followed through a file."""
