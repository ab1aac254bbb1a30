import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { application } from "../server/application.js";
import { running } from "./running.js";

test("what is below /api/ is answered by the backend", async () => {
  const backend = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const cookie = request.headers.cookie ?? null;
    response.writeHead(201, { "content-type": "application/json" });
    response.end(JSON.stringify({ method: request.method, path: request.url, body, cookie }));
  });
  await running(backend, async (backendUrl) => {
    await running(await application({ backendUrl }), async (base) => {
      const headers = { cookie: "secret=1" };
      const answer = await fetch(`${base}/api/notes?a=1`, { method: "POST", headers, body: "hi" });
      assert.equal(answer.status, 201);
      const said = { method: "POST", path: "/notes?a=1", body: "hi", cookie: null };
      assert.deepEqual(await answer.json(), said);
    });
  });
});

test("a backend that does not answer is said to", async () => {
  const gone = await running(createServer(), async (url) => url);
  await running(await application({ backendUrl: gone }), async (base) => {
    const answer = await fetch(`${base}/api/notes`);
    assert.equal(answer.status, 502);
    assert.ok((await answer.json()).error);
  });
});
