"""The backtest's report: one HTML file that needs nothing beside it, in Japanese or English."""
