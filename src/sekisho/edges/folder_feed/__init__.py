"""The feed as a folder that switches write files to."""
