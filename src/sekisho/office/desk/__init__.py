"""The fraud desk's pages, one module a page."""
