// A node of our own, apart from the devnet that the client suites share: started, stopped and killed at will.
//   MEDICHAIN_BIN  directory with medichain and medichaind
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { after } from "node:test";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./node.mjs";

const bin = process.env.MEDICHAIN_BIN;
if (!bin) throw new Error("MEDICHAIN_BIN is not set: start the suites with tests/clients/run");
export const medichaind = join(bin, "medichaind");

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Runs medichain; {status, stdout, stderr}. */
export const medichain = (...args) =>
  spawnSync(join(bin, "medichain"), args, { encoding: "utf8", timeout: 120_000 });

/** A fresh one-validator chain that does not run yet; its directory goes with this process. */
export async function newChain(chainId = 1337) {
  const dir = mkdtempSync(join(tmpdir(), "medichain-chain-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  const port = await freePort();
  const made = medichain(
    "devnet",
    "--validators",
    "1",
    "--detach",
    "--rpc-port",
    String(port),
    "--chain-id",
    String(chainId),
    "--dir",
    dir,
  );
  if (made.status !== 0) throw new Error(`medichain devnet: ${made.stderr}`);
  const stopped = medichain("devnet", "stop", "--dir", dir);
  if (stopped.status !== 0) throw new Error(`medichain devnet stop: ${stopped.stderr}`);
  const file = JSON.parse(readFileSync(join(dir, "devnet.json"), "utf8"));
  return {
    dir,
    port,
    url: file.rpc[0],
    accounts: file.accounts,
    contracts: file.contracts,
    chainId,
    config: join(dir, "node0", "node.json"),
    dataDir: file.nodes[0].dataDir,
    genesis: join(dir, "genesis.json"),
  };
}

const running = new Set();
// A test that failed leaves its node behind, and a child keeps this process waiting.
after(() => running.forEach((child) => child.kill("SIGKILL")));

/** medichaind with these arguments; its ending is a promise of {code, signal, stderr}. */
export function launch(...args) {
  const child = spawn(medichaind, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr = (stderr + text).slice(-20_000)));
  running.add(child);
  const ended = new Promise((resolve) =>
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stderr });
    }),
  );
  return { child, ended, stderr: () => stderr };
}

/** Starts the chain's node and waits until it is ready. */
export async function start(chain, ...flags) {
  const node = launch("--config", chain.config, ...flags);
  let gone = null;
  node.ended.then((end) => (gone = end));
  await eventually(
    async () => {
      if (gone) throw new Error(`medichaind ended with ${gone.code}: ${gone.stderr}`);
      const reply = await fetch(`${chain.url}/ready`).catch(() => null);
      return reply?.status === 200;
    },
    "the node is ready",
    30_000,
  );
  return node;
}
