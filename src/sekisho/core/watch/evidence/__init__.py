"""One module an evidence: its nats as a kernel, its name, its sentences, when it must (not) fire, where it is blind."""
