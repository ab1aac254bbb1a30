// A Probot app that wants the deliveries which the bench sends and does nothing with them: on
// Probot's own server, as `probot run` starts it, or its middleware alone on a plain one, which
// spares the request log's preparations. Nothing is logged by either.
import { createServer } from "node:http";
import { pino } from "pino";
import { createNodeMiddleware, Probot, Server } from "probot";

const port = Number(process.env.BENCH_PORT);
const log = pino({ level: "fatal" });
const options = {
  appId: 1,
  privateKey: process.env.BENCH_PRIVATE_KEY,
  secret: process.env.BENCH_SECRET,
  log,
};
const app = (robot) => robot.on(process.env.BENCH_EVENTS.split(","), async () => {});
const webhooksPath = "/webhooks";

if (process.env.BENCH_MIDDLEWARE) {
  const probot = new Probot(options);
  const middleware = await createNodeMiddleware(app, { probot, webhooksPath });
  createServer((request, response) =>
    middleware(request, response, () => response.writeHead(404).end()),
  ).listen(port, "127.0.0.1");
} else {
  const server = new Server({
    Probot: Probot.defaults(options),
    host: "127.0.0.1",
    log,
    port,
    webhookPath: webhooksPath,
  });
  await server.load(app);
  await server.start();
}
