"""What the audit of contracts must know of the shop: whose each address is, and who says and reads each message."""
