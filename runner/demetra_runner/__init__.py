"""The processes around `demetra`: command line, pipeline, schedule and servers."""

import sys

# jsonschema imports it for a format that no notebook has, and nbformat's import takes nine times as long with it
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
