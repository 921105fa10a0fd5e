FROM python:3.13-slim AS dependencies
WORKDIR /build
COPY requirements.lock ./
RUN pip install --no-cache-dir --prefix=/dependencies --ignore-installed --require-hashes --only-binary=:all: \
        -r requirements.lock \
    # numpy ships its tests; drop them
    && find /dependencies -path '*/numpy/*' -type d -name tests -prune -exec rm -r {} +

FROM python:3.13-slim AS application
WORKDIR /build
COPY requirements-build.lock ./
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements-build.lock
COPY . ./
RUN python -m hatchling build -t wheel -d /wheel \
    && pip install --no-cache-dir --prefix=/application --no-deps --no-index /wheel/*.whl

FROM python:3.13-slim
# The only writable folder. pip has already compiled the modules, so the rest can be read-only.
RUN install --directory --owner=10001 --group=10001 /data
COPY --from=dependencies /dependencies /usr/local
COPY --from=application /application /usr/local
ENV DATABASE_URL=sqlite:////data/bot.db \
    HOME=/data \
    MONITORING_ADDRESS=127.0.0.1:8080 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /data
VOLUME ["/data"]
# A number, so that Kubernetes can verify it isn't root.
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["tpm-bot", "health"]
ENTRYPOINT ["tpm-bot"]
CMD ["run"]
