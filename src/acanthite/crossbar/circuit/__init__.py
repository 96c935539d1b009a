"""The array as a circuit: lines, terminals and devices; solved to a stated error, differentiated, drawn, written as a netlist."""
