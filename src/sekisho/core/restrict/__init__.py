"""Restrict: emergency, bars, holds → allow or refuse. The one decision; SIP, HTTP and whoever cuts calls ask it."""
