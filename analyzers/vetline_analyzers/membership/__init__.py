"""What `members` is made of: what an expression is, what excuses a missing member, slips between languages."""
