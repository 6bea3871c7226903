"""The command line: one thin file a command, which imports what it needs when it runs."""
