"""The latest reading of each of our stations."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    city: str
    celsius: float
    sky: str
    wind_kmh: int


READINGS = {
    "lisbon": Reading("Lisbon", 24.5, "sunny", 14),
    "nairobi": Reading("Nairobi", 21.0, "cloudy", 9),
    "oslo": Reading("Oslo", 3.5, "snow", 22),
    "toronto": Reading("Toronto", 9.0, "rain", 18),
}
