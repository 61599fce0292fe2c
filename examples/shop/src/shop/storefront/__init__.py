"""What a shop front needs of the shop: the gateway's client. It is no service: web pages and apps are made with it."""
