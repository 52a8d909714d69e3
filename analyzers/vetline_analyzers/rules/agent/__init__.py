"""Rules for what steers agents, one file each: on their settings, and on phrases in their instructions."""
