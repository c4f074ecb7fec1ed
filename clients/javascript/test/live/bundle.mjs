// Runs the journey with the file that pages load, in Node over WebSocket.

import { WebSocket } from "ws";
import * as client from "../../dist/browser.bundle.js";
import { check, journey } from "./journey.mjs";

const [servers, tenant] = process.argv.slice(2);
// Node has a WebSocket of its own from version 22 on.
globalThis.WebSocket ??= WebSocket;
const college = await client.Plansync.connect(client.wsconnect, { servers, tenant, actor: "system" });
await college.close();
const connection = await client.wsconnect({ servers });
check(await journey(client, connection, tenant));
await connection.close();
