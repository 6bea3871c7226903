"""folder_feed."""
