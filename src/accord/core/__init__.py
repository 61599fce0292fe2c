"""What every other package of Accord stands on; it imports nothing of ours."""
