"""What client and server both know: names in paths, nested queries, values that cross the wire. Loads no framework."""
