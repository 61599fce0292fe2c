"""The engine on a socket: asyncio with httptools, and uvloop where it is."""
