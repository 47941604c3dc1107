"""What a request may do to a table of rows: look at one page of it, and put names beside IRIs."""
