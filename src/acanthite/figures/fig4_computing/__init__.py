"""Fig. 4: computing with the array."""
