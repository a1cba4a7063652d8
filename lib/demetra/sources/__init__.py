"""Where rows come from: each source is one module behind the protocol in `base`."""
