"""Frame → Figure, and Figure → PNG. Matplotlib only, and never its global state: charts are drawn in any thread."""

from demetra.charts.audience_timing import audience_timing_chart
from demetra.charts.budget import budget_chart
from demetra.charts.incident import incident_chart
from demetra.charts.png import Png, render_png
from demetra.charts.roi_forecast import roi_forecast_chart
from demetra.charts.timeseries import reach_ctr_timeseries_chart, roi_timeseries_chart

__all__ = [
    "Png",
    "audience_timing_chart",
    "budget_chart",
    "incident_chart",
    "reach_ctr_timeseries_chart",
    "render_png",
    "roi_forecast_chart",
    "roi_timeseries_chart",
]
