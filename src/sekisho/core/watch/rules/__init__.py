"""One module a rule that a contract or a law can cite. A rule compares money with money; it knows no probability."""
