"""What the carriers of hidden text share: the text as they see it, what orders look like, how it is shown."""
