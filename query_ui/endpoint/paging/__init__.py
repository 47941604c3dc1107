"""Pagination of SELECT results, and label columns beside columns of IRIs."""
