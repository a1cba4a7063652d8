"""The processes around `demetra`: command line, pipeline, schedule and servers."""
