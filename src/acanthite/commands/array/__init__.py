"""The command on arrays before they are built, and what it says."""
