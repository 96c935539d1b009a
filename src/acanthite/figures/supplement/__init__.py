"""The supplement: Figs. S1 to S16 and Note S1."""
