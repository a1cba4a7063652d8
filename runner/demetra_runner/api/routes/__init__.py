"""The endpoints, a module per area; each has a `router`."""
