"""Doubles, builders and clients that the shop's tests share. Every fake is a subclass of the port it stands for."""
