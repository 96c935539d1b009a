"""What a process node gives: logic, transistors and wires from 130 nm to 7 nm."""
