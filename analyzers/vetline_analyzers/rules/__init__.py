"""Rules, a folder a language, a file a rule."""
