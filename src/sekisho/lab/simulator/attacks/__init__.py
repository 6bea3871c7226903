"""Attacks: each kind with its documented figures and how they vary."""
