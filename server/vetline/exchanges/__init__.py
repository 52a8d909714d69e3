"""Formats in which others tell, and are told, who wrote which lines: one file each.

Pure: text in, data out, and back. What comes in is a stranger's word: nothing here decides that a line is
an AI's, it only says which lines of which text a record speaks of and whether they are those lines.
Modules do not know each other.
"""
