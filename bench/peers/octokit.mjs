// The middleware of @octokit/webhooks on a plain server, with handlers that do nothing.
import { createServer } from "node:http";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";

const webhooks = new Webhooks({ secret: process.env.BENCH_SECRET });
webhooks.on(process.env.BENCH_EVENTS.split(","), async () => {});
const middleware = createNodeMiddleware(webhooks, { path: "/webhooks" });

createServer(async (request, response) => {
  if (!(await middleware(request, response))) response.writeHead(404).end();
}).listen(Number(process.env.BENCH_PORT), "127.0.0.1");
