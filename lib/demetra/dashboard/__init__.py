"""The page that people open every morning: its HTML, its script, and the answers that its script asks for."""

from demetra.dashboard.page import open_page

__all__ = ["open_page"]
