"""Published results as a report, an HTML, PDF or XLSX file, and the parts that the dashboard's page shares with it."""

from demetra.reports.published import Headline, Published, PublishedStep
from demetra.reports.render import render_report

__all__ = ["Headline", "Published", "PublishedStep", "render_report"]
