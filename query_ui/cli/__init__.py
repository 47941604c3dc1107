"""The command line ``concordat-kg``, a module for each group of commands."""
