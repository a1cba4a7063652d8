# One image for everything: schedule, dashboard and notebooks. Data live in the volume /data. To run it without compose.yaml:
#   docker build -t demetra .
#   docker run --init -e DEMETRA_API_TOKEN=… -p 127.0.0.1:8866:8866 -p 127.0.0.1:8000:8000 -v demetra:/data demetra

FROM python:3.11.15-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes --only-binary :all: -r requirements.txt

COPY pyproject.toml README.md LICENSE demetra.toml ./
COPY lib lib
COPY runner runner
COPY notebooks notebooks
RUN pip install --no-deps --no-build-isolation --editable . && python -m compileall -q lib runner

# PostgreSQL refuses to run as root, and nothing here needs to be root.
RUN useradd --create-home --uid 1000 demetra && install --directory --owner=demetra /data
USER demetra
ENV DEMETRA_HOME=/data
VOLUME /data
EXPOSE 8866 8000

# The API and its database; the dashboard is watched by `demetra up` itself, which ends when it does.
HEALTHCHECK --interval=30s --timeout=10s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import http.client, sys; api = http.client.HTTPConnection('127.0.0.1', 8000, timeout=5); api.request('GET', '/health'); sys.exit(api.getresponse().status != 200)"]

# Listening beyond the container needs DEMETRA_API_TOKEN; without it this command refuses to start.
CMD ["demetra", "up", "--host", "0.0.0.0"]
