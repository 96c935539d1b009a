"""What the pages show, computed from the values of knobs: no page, no browser."""
