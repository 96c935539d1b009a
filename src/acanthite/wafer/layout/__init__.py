"""The array as drawn: masks, design rules, wire parasitics, and the folder they are written to."""
