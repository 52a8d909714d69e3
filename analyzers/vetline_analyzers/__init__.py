"""Text in, findings out: no I/O, no clock, no network, no state."""
