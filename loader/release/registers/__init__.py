"""Readers of registers of organisations that users download."""

from loader.release.registers.register_reader import read_register

__all__ = ["read_register"]
