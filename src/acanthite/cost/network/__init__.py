"""What is costed: layers by their shapes, without torch."""
