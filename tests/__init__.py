"""Tests, and the programs that measure."""

import os
import signal
import sys

# Where Python is told to write no bytecode, each test process would compile every module and
# rewrite every assertion anew, and each program that a test starts would compile the product.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell script starts programs in the background with Ctrl-C ignored, and so would be the programs
# that tests interrupt: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
