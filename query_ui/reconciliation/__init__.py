"""The Reconciliation Service API without its web: what is asked, and what is answered.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""
