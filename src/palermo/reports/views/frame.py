"""What the pages about all States have in common: dates, groups, files. Born in ``rates``, used by the analysis too."""

from palermo.reports.views.rates import _about as about
from palermo.reports.views.rates import _dates as dates
from palermo.reports.views.rates import _file as table_file
from palermo.reports.views.rates import _group_label as group_label
from palermo.reports.views.rates import _language as page_language
from palermo.reports.views.rates import _place as place_at
from palermo.reports.views.rates import _refused as refused

__all__ = ["about", "dates", "group_label", "page_language", "place_at", "refused", "table_file"]
