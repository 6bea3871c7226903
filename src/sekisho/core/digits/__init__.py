"""Strings of digits as integers, and the longest prefix of one: what numbering and rating both stand on."""
