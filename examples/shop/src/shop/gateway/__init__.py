"""Gateway: the one door to the shop. Knows who calls, keeps callers within limits, and outlives a neighbour."""
