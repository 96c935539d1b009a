"""Arrays of a technology: how large they may be, and what a device in their cells makes of them."""
