import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { application } from "../server/application.js";
import { running } from "./running.js";

const server = () => application({ backendUrl: "http://127.0.0.1:9" });

// fetch() would tidy the path up before it is sent
function statusOf(base, path, method = "GET") {
  return new Promise((resolve, reject) => {
    request(`${base}/`, { path, method }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("it is healthy", async () => {
  await running(await server(), async (base) => {
    assert.deepEqual(await (await fetch(`${base}/health`)).json(), { status: "ok" });
  });
});

test("the page and its script are served with their types", async () => {
  await running(await server(), async (base) => {
    const page = await fetch(`${base}/?from=mail`);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(page.headers.get("content-security-policy"), /default-src 'self'/);
    assert.match(await page.text(), /<h1>/);
    const script = await fetch(`${base}/main.js`);
    assert.match(script.headers.get("content-type"), /^text\/javascript/);
  });
});

test("nothing but the site is served", async () => {
  await running(await server(), async (base) => {
    for (const path of ["/missing", "/../package.json", "/%2e%2e/package.json", "//", "*"]) {
      assert.equal(await statusOf(base, path), 404, path);
    }
    assert.equal(await statusOf(base, "/", "POST"), 405);
    assert.equal(await statusOf(base, "/", "HEAD"), 200);
  });
});
