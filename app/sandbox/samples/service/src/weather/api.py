"""What the service answers. It knows nothing of HTTP but the status."""

from dataclasses import asdict

from weather.stations import READINGS

ENDPOINTS = ["/health", "/cities", "/weather/{city}"]


def answer(path: str) -> tuple[int, dict]:
    """The status and the JSON body for a GET of `path`."""
    match path.strip("/").lower().split("/"):
        case [""]:
            return 200, {"service": "weather", "endpoints": ENDPOINTS}
        case ["health"]:
            return 200, {"status": "ok"}
        case ["cities"]:
            return 200, {"cities": [reading.city for reading in READINGS.values()]}
        case ["weather", city] if city in READINGS:
            return 200, asdict(READINGS[city])
        case ["weather", city]:
            return 404, {"error": f"we have no station in {city}"}
        case _:
            return 404, {"error": "no such endpoint", "endpoints": ENDPOINTS}
