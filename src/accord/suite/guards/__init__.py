"""What a test must not do at its level: watched while it runs, refused at the line that does it."""
