"""What the hub decides, as pure functions over values: no database, no network, no clock."""
