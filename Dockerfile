# The app in an image. Agents run elsewhere, never in here.
ARG BASE_IMAGE=python:3.13-slim
FROM ${BASE_IMAGE}

RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 orc

WORKDIR /opt/orc
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt -r requirements/build.txt

COPY pyproject.toml README.md LICENSE app.yml ./
COPY app app
COPY agent_image agent_image
COPY templates templates
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && python -m compileall -q "$(python -c 'import app; print(app.__path__[0])')"

USER orc
ENV ORC_HOST=0.0.0.0 ORC_PORT=8080 ORC_STATE_DIR=/home/orc/state ORC_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --start-period=20s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["orc"]
CMD ["serve"]
