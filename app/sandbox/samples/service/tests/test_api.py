from weather.api import answer


def test_health():
    assert answer("/health") == (200, {"status": "ok"})


def test_index_lists_the_endpoints():
    status, body = answer("/")
    assert status == 200
    assert "/cities" in body["endpoints"]


def test_cities():
    assert answer("/cities") == (200, {"cities": ["Lisbon", "Nairobi", "Oslo", "Toronto"]})


def test_weather_of_a_city():
    status, body = answer("/weather/lisbon")
    assert status == 200
    assert body == {"city": "Lisbon", "celsius": 24.5, "sky": "sunny", "wind_kmh": 14}


def test_city_without_a_station():
    assert answer("/weather/atlantis") == (404, {"error": "we have no station in atlantis"})


def test_unknown_endpoint():
    assert answer("/tides")[0] == 404
