"""The REST API: what is published and stored, over HTTP, read from the database at each request."""
