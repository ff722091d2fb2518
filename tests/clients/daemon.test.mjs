// The daemon and its surroundings: what it refuses to start with, and how it ends.
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, launch, medichain, newChain, start } from "./lib/daemon.mjs";
import { load, post, rpcAt } from "./lib/node.mjs";
import { recordArgs } from "./lib/story.mjs";

const { ethers } = load("ethers");
const chain = await newChain();

/** Starts a node that must refuse: exit status 1 and one sentence that names the matter. */
async function refused(words, ...args) {
  const { code, signal, stderr } = await launch(...args).ended;
  assert.equal(signal, null, stderr);
  assert.equal(code, 1, stderr);
  const said = stderr.trim().split("\n").at(-1);
  assert.match(said, /^medichaind: /);
  for (const w of words) assert.match(said, w);
}

test("a second node on the same data directory is refused", async () => {
  const node = await start(chain);
  await refused([/in use|lock/i], "--config", chain.config, "--rpc-port", String(await freePort()));
  assert.equal(await rpcAt(chain.url, "eth_chainId"), "0x539");
  node.child.kill("SIGTERM");
  assert.equal((await node.ended).code, 0);
});

test("a port in use is refused, and nothing is harmed", async () => {
  const other = await newChain(4242);
  const node = await start(chain);
  await refused(
    [/port/, new RegExp(String(chain.port)), /in use/],
    "--config",
    other.config,
    "--rpc-port",
    String(chain.port),
  );
  node.child.kill("SIGTERM");
  await node.ended;
  const healthy = await start(other);
  assert.equal(await rpcAt(other.url, "eth_chainId"), ethers.toQuantity(4242));
  healthy.child.kill("SIGTERM");
  await healthy.ended;
});

test("the data directory of another chain is refused", async () => {
  const other = await newChain(4243);
  await refused(
    [/chain|genesis/i],
    "--config",
    other.config,
    "--data-dir",
    chain.dataDir,
    "--rpc-port",
    "0",
  );
  const again = await start(chain);
  again.child.kill("SIGTERM");
  assert.equal((await again.ended).code, 0);
});

test("bad configuration, genesis and keys are refused by name", async () => {
  const dir = join(chain.dir, "bad");
  mkdirSync(dir);
  const file = (name, text, mode = 0o600) => {
    writeFileSync(join(dir, name), text, { mode });
    return join(dir, name);
  };
  const config = JSON.parse(readFileSync(chain.config, "utf8"));
  const genesis = readFileSync(chain.genesis, "utf8");
  const bad = (change) => file("node.json", JSON.stringify({ ...config, ...change }));
  await refused([/node\.json/], "--config", file("node.json", "{"));
  await refused([/node\.json/, /rpcPrt/], "--config", bad({ rpcPrt: 1 }));
  await refused([/rpcPort/, /65536/], "--config", bad({ rpcPort: 65536 }));
  await refused([/none\.json/], "--config", bad({ genesis: join(dir, "none.json") }));
  await refused([/g\.json/], "--config", bad({ genesis: file("g.json", genesis.slice(0, -20)) }));
  await refused([/key\.json/], "--config", bad({ validatorKey: file("key.json", "{}") }));
  await refused(
    [/open\.json/, /chmod/],
    "--config",
    bad({ validatorKey: file("open.json", "{}", 0o644) }),
    "--data-dir",
    join(dir, "d"),
  );
  await refused([/loopback|devnet/i], "--config", bad({ rpcHost: "0.0.0.0", devnet: true }));
  const check = await launch("--config", chain.config, "--check-config").ended;
  assert.equal(check.code, 0, check.stderr);
});

test("SIGTERM under load ends with status 0 within seconds, and loses no answered block", async () => {
  const node = await start(chain);
  const { address, abi } = chain.contracts.MedicalRecordHash;
  const face = new ethers.Interface(abi);
  const from = chain.accounts[0].address;
  let stop = false,
    asked = null,
    last = null;
  const load = (async () => {
    while (!stop) {
      const calls = Array.from({ length: 50 }, (_, i) => ({
        jsonrpc: "2.0",
        id: i,
        method: "eth_sendTransaction",
        params: [
          {
            from,
            to: address,
            gas: "0x493e0",
            data: face.encodeFunctionData("createRecord", recordArgs()),
          },
        ],
      }));
      const replies = await post(calls, chain.url).catch(() => null);
      if (replies === null) return;
      asked ??= replies[0].result;
      const receipt = await rpcAt(chain.url, "eth_getTransactionReceipt", asked).catch(() => null);
      if (receipt) [asked, last] = [null, receipt];
    }
  })();
  await new Promise((r) => setTimeout(r, 1500));
  const before = Date.now();
  node.child.kill("SIGTERM");
  const { code, stderr } = await node.ended;
  stop = true;
  await load;
  assert.equal(code, 0, stderr);
  assert.ok(Date.now() - before < 5000, `${Date.now() - before} ms`);
  const again = await start(chain);
  assert.ok(last, "the load saw a receipt");
  assert.equal(
    (await rpcAt(chain.url, "eth_getTransactionReceipt", last.transactionHash)).blockHash,
    last.blockHash,
  );
  again.child.kill("SIGINT");
  assert.equal((await again.ended).code, 0);
  const sound = medichain("db", "check", "--data-dir", chain.dataDir, "--genesis", chain.genesis);
  assert.equal(sound.status, 0, sound.stdout + sound.stderr);
});
