"""What kind of fault it is, how severe, and what is promised for that."""
