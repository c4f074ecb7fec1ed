// Runs the journey in Deno, over WebSocket.

import { wsconnect } from "@nats-io/nats-core";
import * as client from "@plansync/client";
import { check, journey } from "./journey.mjs";

const [servers, tenant] = Deno.args;
const connection = await wsconnect({ servers });
check(await journey(client, connection, tenant));
await connection.close();
