"""The lab: the live kernel run over recorded calls, and what that says of a policy."""
