# The service on a processor: docker build -t relatome . && docker run -p 8000:8000 relatome
FROM python:3.12-slim AS build
# serve,scale to answer questions to a graph as well
ARG EXTRAS=serve
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN python -m venv /opt/relatome \
    && /opt/relatome/bin/pip install --no-cache-dir --constraint constraints.txt ".[${EXTRAS}]" \
    && /opt/relatome/bin/pip uninstall --yes pip

FROM python:3.12-slim
LABEL org.opencontainers.image.title="relatome" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin relatome
COPY --from=build /opt/relatome /opt/relatome
ENV PATH=/opt/relatome/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    RELATOME_CACHE=/tmp/relatome
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
ENTRYPOINT ["relatome"]
CMD ["serve", "--host", "0.0.0.0"]
