"""What each kind of measurement says: a module a kind, Study -> Finding."""
