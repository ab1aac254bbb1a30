// Starts the website: `node frontend/server/main.js`.
import { application } from "./application.js";
import { readSettings } from "./settings.js";

const settings = readSettings(process.env);
const server = await application(settings);
server.listen(settings.port, settings.host, () => {
  console.log(`http://${settings.host}:${settings.port}`);
});
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
