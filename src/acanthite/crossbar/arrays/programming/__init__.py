"""Maps of conductances written by pulses that are verified by reads."""
