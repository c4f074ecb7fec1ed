// Runs the journey in Node, over TCP (an address with nats:) or over WebSocket (ws:).

import { wsconnect } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import * as client from "@plansync/client";
import { WebSocket } from "ws";
import { check, journey } from "./journey.mjs";

const [servers, tenant] = process.argv.slice(2);
// Node has a WebSocket of its own from version 22 on.
globalThis.WebSocket ??= WebSocket;
const connection = await (servers.startsWith("ws:") ? wsconnect : connect)({ servers });
check(await journey(client, connection, tenant));
await connection.close();
