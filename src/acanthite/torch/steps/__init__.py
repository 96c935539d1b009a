"""Many training steps in one call, compiled, with no Python between samples."""
