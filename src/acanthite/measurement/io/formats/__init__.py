"""One reader a format of lab files."""
