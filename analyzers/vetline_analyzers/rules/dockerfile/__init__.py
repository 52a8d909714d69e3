"""Rules for Dockerfiles, one file each."""
