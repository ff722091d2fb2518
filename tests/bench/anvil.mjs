// The same load on Anvil and on a devnet: `medichain bench` against each in turn.  See anvil.md.
//
//   node tests/bench/anvil.mjs [BUILD_DIR [COUNT]]
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const bin = join(resolve(process.argv[2] ?? join(root, "build/release")), "bin");
const count = process.argv[3] ?? "20000";
const address = "0x0000000000000000000000000000000000001002"; // where `medichain bench` sends its records

/** The packages, in a folder that git does not see. */
function packages() {
  const dir = join(root, "build/anvil");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), "{}");
  execFileSync(
    "npm",
    [
      "install",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
      "--loglevel=error",
      "@foundry-rs/anvil@1.7.1",
      "solc@0.8.19",
    ],
    { cwd: dir, stdio: ["ignore", "ignore", "inherit"] },
  );
  return dir;
}

function compiled(dir) {
  const solc = createRequire(join(dir, "package.json"))("solc");
  const input = {
    language: "Solidity",
    sources: { "anvil.sol": { content: readFileSync(join(here, "anvil.sol"), "utf8") } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } },
    },
  };
  const out = JSON.parse(solc.compile(JSON.stringify(input)));
  const wrong = (out.errors ?? []).filter((e) => e.severity === "error");
  if (wrong.length > 0) throw new Error(wrong[0].formattedMessage);
  return "0x" + out.contracts["anvil.sol"].MedicalRecordHash.evm.deployedBytecode.object;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return String(port);
}

async function rpc(url, method, ...params) {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = await reply.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

async function startAnvil(dir, code) {
  const port = await freePort(),
    url = `http://127.0.0.1:${port}`;
  // The program itself: the package's own start script would stand between us and its process.
  const cpu = { x64: "amd64", arm64: "arm64" }[process.arch];
  const child = spawn(
    join(dir, `node_modules/@foundry-rs/anvil-${process.platform}-${cpu}/bin/anvil`),
    [
      "--silent",
      "--port",
      port,
      "--chain-id",
      "1337",
      "--accounts",
      "20",
      "--balance",
      "10000",
      "--block-time",
      "1",
      "--gas-limit",
      "1000000000000",
      "--block-base-fee-per-gas",
      "0",
      "--gas-price",
      "0",
      "--disable-min-priority-fee",
      "--order",
      "fifo",
      "--no-request-size-limit",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  for (let i = 0; i < 200; i++) {
    if (await rpc(url, "eth_chainId").catch(() => null)) break;
    await new Promise((r) => setTimeout(r, 50));
  }
  await rpc(url, "anvil_setCode", address, code);
  return { child, url };
}

/** Prints and returns the report of one run. */
function bench(name, url, pid, ...flags) {
  const args = ["bench", "--rpc", url, "--pid", String(pid), "--count", count, "--json", ...flags];
  const out = execFileSync(join(bin, "medichain"), args, { encoding: "utf8", maxBuffer: 1 << 26 });
  const report = JSON.parse(out);
  console.log(`\n${name}\n${JSON.stringify(report, null, 2)}`);
  return report;
}

const dir = packages();
const work = mkdtempSync(join(tmpdir(), "medichain-anvil-"));
const anvil = await startAnvil(dir, compiled(dir));
try {
  bench("anvil, memory only, blocks of 1 s", anvil.url, anvil.child.pid, "--gas", "1000000");
} finally {
  anvil.child.kill();
}
const port = await freePort();
execFileSync(join(bin, "medichain"), [
  "devnet",
  "--validators",
  "1",
  "--detach",
  "--rpc-port",
  port,
  "--dir",
  work,
]);
try {
  const devnet = JSON.parse(readFileSync(join(work, "devnet.json"), "utf8"));
  bench("medichain, one validator, every block on disk", devnet.rpc[0], devnet.nodes[0].pid);
} finally {
  execFileSync(join(bin, "medichain"), ["devnet", "stop", "--dir", work]);
  rmSync(work, { recursive: true, force: true });
}
