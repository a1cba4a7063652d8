"""One migration per file; its number is its revision."""
