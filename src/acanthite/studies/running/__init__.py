"""Points computed by processes of this machine or of a cluster, and kept as they finish."""
