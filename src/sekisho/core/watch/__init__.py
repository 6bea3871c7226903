"""The watch: RATED calls + state → VERDICTS. One sequential kernel, `step`, judges live calls and backtests alike."""
