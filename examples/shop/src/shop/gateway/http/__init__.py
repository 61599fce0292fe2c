"""The gateway's side to the world."""
