"""Shelves of models: what libraries do with text, one file a library, by language."""
