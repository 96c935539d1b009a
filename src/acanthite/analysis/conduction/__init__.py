"""Conduction mechanisms: laws of current against voltage, fitted and compared."""
