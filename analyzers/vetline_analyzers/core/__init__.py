"""The words and the machine: snapshots, findings, analyzers, the engine."""
