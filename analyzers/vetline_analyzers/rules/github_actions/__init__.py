"""Rules for GitHub Actions, one file each."""
