"""The use cases of InventoryService and the port they need."""
