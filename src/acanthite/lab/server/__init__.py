"""The server: who may come in, how much may be sent, and where the work is done."""
