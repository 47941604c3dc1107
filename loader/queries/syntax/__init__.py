"""SPARQL queries as concrete syntax trees: lexer, grammar, LL(1) table and parser."""
