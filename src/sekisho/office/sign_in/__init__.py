"""Coming in, going out, and the language of the pages."""
