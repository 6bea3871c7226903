"""The data plane: processes round the core. They ask the ports, never the edges, and read no clock."""
