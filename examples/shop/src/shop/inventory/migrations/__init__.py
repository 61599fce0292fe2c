"""The history of InventoryService's tables."""
