"""DEMETRA: what every ad channel returned, what it will return, and where the next unit of budget should go."""
