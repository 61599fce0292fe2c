"""HTTP without a framework: values, callers for ASGI and WSGI applications, and a loopback server."""
