"""A model trained for the chip it will be on: its noise and converters in the forward pass."""
