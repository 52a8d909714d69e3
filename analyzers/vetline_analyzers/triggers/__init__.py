"""One file a trigger: what in AI-touched code a person should look at. Data only."""
