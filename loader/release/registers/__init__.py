"""Registers of organisations that users download: each file format read into entities."""

from loader.release.registers.register_reader import read_register

__all__ = ["read_register"]
