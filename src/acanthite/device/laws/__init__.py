"""Device laws: the Ag2S filament and the standard models, one a file."""
