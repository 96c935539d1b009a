"""Fig. 3: ion migration by anneal and thickness."""
