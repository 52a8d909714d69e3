"""The nodes of JavaScript and its relatives, lowered."""
