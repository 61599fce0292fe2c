"""The only code that the services share: technical, and never a word of any service's business."""
