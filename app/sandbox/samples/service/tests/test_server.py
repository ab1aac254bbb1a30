import json
import threading
import urllib.request

from weather.server import serve


def test_answers_over_http():
    with serve(0) as server:
        threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01)).start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/health") as got:
                assert got.status == 200
                assert json.load(got) == {"status": "ok"}
        finally:
            server.shutdown()
