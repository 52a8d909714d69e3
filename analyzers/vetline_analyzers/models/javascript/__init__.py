"""Models of JavaScript's libraries."""
