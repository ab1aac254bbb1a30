"""Starts the HTTP service: `python -m app.backend`."""

import uvicorn

from app.backend.application import application
from app.backend.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    uvicorn.run(application(), host=settings.host, port=settings.port)
