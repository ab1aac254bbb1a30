// Hands requests below /api/ on to the backend, so that browsers need to know one address only.
import { request as ask } from "node:http";

const TIMEOUT = 30_000; // milliseconds without a sign of life
const PASSED_ON = ["accept", "content-length", "content-type", "transfer-encoding"];

export function forward(backendUrl, incoming, outgoing) {
  const headers = {};
  for (const name of PASSED_ON) {
    if (incoming.headers[name] !== undefined) headers[name] = incoming.headers[name];
  }
  const base = new URL(backendUrl);
  const path = incoming.url.slice("/api".length);
  const asked = ask(
    { host: base.hostname, port: base.port, path, method: incoming.method, headers, timeout: TIMEOUT },
    (answer) => {
      outgoing.writeHead(answer.statusCode, {
        "content-type": answer.headers["content-type"] ?? "application/octet-stream",
        "x-content-type-options": "nosniff",
      });
      answer.pipe(outgoing);
    },
  );
  asked.on("timeout", () => asked.destroy(new Error("timed out")));
  asked.on("error", () => {
    if (outgoing.headersSent) return outgoing.destroy();
    outgoing.writeHead(502, { "content-type": "application/json" });
    outgoing.end('{"error":"The service does not answer."}');
  });
  outgoing.on("close", () => asked.destroy());
  incoming.pipe(asked);
}
