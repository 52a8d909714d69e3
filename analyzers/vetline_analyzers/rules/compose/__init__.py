"""Rules for Docker Compose files, one file each."""
