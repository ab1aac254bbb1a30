// Serves the files of one folder. They are read once, so no path leads anywhere else.
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

const HEADERS = {
  "cache-control": "no-cache",
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export async function readFiles(url) {
  const folder = fileURLToPath(url);
  const bodies = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const place = join(entry.parentPath ?? entry.path, entry.name);
    bodies.set(`/${relative(folder, place).replaceAll(sep, "/")}`, await readFile(place));
  }
  bodies.set("/", bodies.get("/index.html"));
  return { answer: (path, request, response) => answer(bodies.get(path), path, request, response) };
}

function answer(body, path, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { ...HEADERS, allow: "GET, HEAD" }).end();
  } else if (body === undefined) {
    response.writeHead(404, { ...HEADERS, "content-type": "text/plain" }).end("There is nothing here.");
  } else {
    const type = TYPES[extname(path) || ".html"] ?? "application/octet-stream";
    response.writeHead(200, { ...HEADERS, "content-type": type, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }
}
