"""The compiled engine: a network's shape, its passes and the pulsed updates of its arrays."""
