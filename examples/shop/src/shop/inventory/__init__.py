"""InventoryService: the catalogue's products, what is in stock, and what is held for orders."""
