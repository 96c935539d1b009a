"""How well a trained network works on a chip, from the day it is written on."""
