"""What pages are made of: knobs, charts, tables, uploads, and what repeats a view."""
