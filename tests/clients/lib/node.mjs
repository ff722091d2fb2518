// The devnet under test, and what every suite needs of it.  `run` sets the environment:
//   DEVNET          directory with devnet.json
//   ARTIFACTS       directory that `medichain artifacts --out` filled
//   CLIENT_MODULES  directory in which npm installed the clients
import { readFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the suites with tests/clients/run`);
  return value;
}

export const devnet = JSON.parse(readFileSync(join(need("DEVNET"), "devnet.json"), "utf8"));
export const url = devnet.rpc[0];
export const load = createRequire(join(need("CLIENT_MODULES"), "package.json"));

/** The published Hardhat artifact of a module. */
export function artifact(name) {
  const dir = need("ARTIFACTS");
  const places = [
    join(dir, `${name}.json`),
    join(dir, `${name}.sol`, `${name}.json`),
    join(dir, "contracts", `${name}.sol`, `${name}.json`),
  ];
  const path = places.find((p) => existsSync(p));
  if (!path) throw new Error(`no artifact of ${name} in ${dir}`);
  return JSON.parse(readFileSync(path, "utf8"));
}

export class RpcError extends Error {
  constructor(method, error) {
    super(`${method}: ${error.message}`);
    Object.assign(this, { code: error.code, data: error.data, text: error.message });
  }
}

/** One HTTP POST of any JSON value; the parsed reply. */
export async function post(body, at = url) {
  const reply = await fetch(at, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return reply.json();
}

let nextId = 1;

/** One JSON-RPC call on any node; a result, or a thrown RpcError. */
export async function rpcAt(at, method, ...params) {
  const reply = await post({ jsonrpc: "2.0", id: nextId++, method, params }, at);
  if ("error" in reply) throw new RpcError(method, reply.error);
  return reply.result;
}

export const rpc = (method, ...params) => rpcAt(url, method, ...params);

/** Asks again until the answer is neither null, undefined nor false. */
export async function eventually(ask, what, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((r) => setTimeout(r, 20));
  }
}

export const receiptOf = (hash) =>
  eventually(() => rpc("eth_getTransactionReceipt", hash), `receipt of ${hash}`);
