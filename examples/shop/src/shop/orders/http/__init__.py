"""OrderService's HTTP API: the current form under /api, and the former one."""
