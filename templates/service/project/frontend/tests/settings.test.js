import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { readSettings } from "../server/settings.js";

const ROOT = new URL("../../", import.meta.url);
const VARIABLE = /\bFRONTEND_[A-Z_]+\b/g;
const namesIn = async (file) =>
  new Set((await readFile(new URL(file, ROOT), "utf8")).match(VARIABLE) ?? []);

test("there is a default for everything", () => {
  const { host, port } = readSettings({ FRONTEND_PORT: "" });
  assert.deepEqual({ host, port }, { host: "127.0.0.1", port: 8080 });
});

for (const port of ["0", "65536", "a", "1.5"]) {
  test(`${port} is no port`, () => {
    assert.throws(() => readSettings({ FRONTEND_PORT: port }), /FRONTEND_PORT/);
  });
}

test("contract, code and compose file name the same variables", async () => {
  const said = await namesIn("env.contract.yaml");
  assert.deepEqual(await namesIn("frontend/server/settings.js"), said);
  assert.deepEqual(await namesIn("compose.yaml"), said);
});
