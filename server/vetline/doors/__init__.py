"""The doors: each knows one protocol and decides nothing."""
