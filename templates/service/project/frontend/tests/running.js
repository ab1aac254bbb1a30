// Runs a server on a free port for one piece of work.
import { once } from "node:events";

export async function running(server, work) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
