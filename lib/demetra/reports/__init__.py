"""Published results as HTML: the dashboard's page, and a report in one file."""

from demetra.reports.published import Headline, Published, PublishedStep
from demetra.reports.render import Html, render_dashboard, render_report

__all__ = ["Headline", "Html", "Published", "PublishedStep", "render_dashboard", "render_report"]
