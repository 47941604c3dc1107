"""The OpenAPI 3.1 description of the whole API; independent of Flask.

https://spec.openapis.org/oas/v3.1.1.html
"""
