// Everything that a page without a bundler needs, in one file: the client, and the connection over WebSocket.

export { wsconnect } from "@nats-io/nats-core";
export * from "./index.js";
