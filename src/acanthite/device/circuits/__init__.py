"""Laws written for circuit simulators: Verilog-A and ngspice."""
