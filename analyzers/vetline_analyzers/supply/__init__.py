"""Whether a package may be trusted: verdicts on names and versions, the same wherever they stand."""
