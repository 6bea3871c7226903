"""Rules of other tools and of other times, run over the calls of a backtest and scored like the watch itself.

Each is a function from the kernel's records of the calls to bars. None of them needs the watch's state.
"""
