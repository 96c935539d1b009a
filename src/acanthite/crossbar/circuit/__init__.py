"""The array as a circuit: described, checked, solved, differentiated, drawn, written out."""
