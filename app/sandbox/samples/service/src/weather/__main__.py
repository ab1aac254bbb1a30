import os

from weather.server import serve

port = int(os.environ.get("PORT", "8000"))
print(f"weather is on http://localhost:{port}", flush=True)
serve(port).serve_forever()
