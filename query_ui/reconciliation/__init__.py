"""Reconciliation of names, tables and identifiers with the entities of a release.

It includes the Reconciliation Service API, versions 0.1, 0.2 and the draft of 1.0:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""
