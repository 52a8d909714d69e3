"""Who wrote it, may it pass, who said so."""

__version__ = "0.1.0"
