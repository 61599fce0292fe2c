"""InventoryService's HTTP API."""
