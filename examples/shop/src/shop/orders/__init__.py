"""OrderService: takes orders, prices them, keeps them, and sees them confirmed or cancelled."""
