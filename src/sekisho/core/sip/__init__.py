"""SIP: datagrams ↔ messages, the answers of a redirect server, transactions with their deadlines. Holds no socket."""
