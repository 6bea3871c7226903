"""Pictures of a line as SVG: pure functions from numbers to safe markup, without script."""
