"""Forty questions "where is the code that …?", answered from the lists of file names alone."""
