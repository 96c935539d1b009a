"""What one switching event of a device costs, beside other devices and against its area."""
