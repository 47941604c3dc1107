"""The description of the whole interface for programs, as OpenAPI 3.1; knows nothing of Flask.

https://spec.openapis.org/oas/v3.1.1.html
"""
