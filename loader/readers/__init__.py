"""One file per input format, each turning bytes into the same frozen Document."""
