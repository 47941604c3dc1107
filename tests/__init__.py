"""Tests, and the programs that measure."""

import os
import sys

# Where Python is told to write no bytecode, each test process would compile every module and
# rewrite every assertion anew, and each program that a test starts would compile the product.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
