"""InventoryService's port joined to PostgreSQL."""
