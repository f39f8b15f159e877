"""Ready-made policy files, one for each way of working; data that `policies` reads."""
