"""The numbers, one file per source, and the set they make."""
