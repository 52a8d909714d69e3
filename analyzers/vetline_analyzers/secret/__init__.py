"""What the search for secrets is made of: detectors, the values they weigh, the rules they report."""
