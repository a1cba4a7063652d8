"""The shapes of answers and requests, as OpenAPI documents them; unknown values are null."""
