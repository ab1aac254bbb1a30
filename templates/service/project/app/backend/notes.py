"""Notes over HTTP: reads requests, asks the notebook, writes answers."""

from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.backend.notebook import Notebook, NoteRefused

LARGEST = 10_000  # bytes of a request


class _NewNote(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


async def index(request: Request) -> JSONResponse:
    return JSONResponse([asdict(note) for note in _notebook(request).all()])


async def add(request: Request) -> JSONResponse:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return JSONResponse({"error": "The request is too large."}, status_code=413)
    try:
        note = _notebook(request).add(_NewNote.model_validate_json(body).text)
    except ValidationError:
        return JSONResponse({"error": 'Send JSON such as {"text": "…"}.'}, status_code=422)
    except NoteRefused as refused:
        return JSONResponse({"error": str(refused)}, status_code=422)
    return JSONResponse(asdict(note), status_code=201)


def _notebook(request: Request) -> Notebook:
    notebook: Notebook = request.app.state.notebook
    return notebook
