"""What every page shares: who came, at what instant, where calls are looked up, and how a page keeps itself fresh."""
