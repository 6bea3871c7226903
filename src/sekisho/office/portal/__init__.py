"""The customer's pages, one module a page."""
