"""Commands on files of a lab."""
