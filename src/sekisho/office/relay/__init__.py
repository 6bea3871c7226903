"""The relay: a process between office and log. The outbox goes to the journal, what the judge says comes in."""
