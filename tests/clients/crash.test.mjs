// kill -9 at random moments under load.  After each restart every transaction whose receipt was answered is where it was,
// nonces go on without a gap, and in the end the store re-derives from its blocks.
//   CRASH_ROUNDS  how often (8)      CRASH_SEED  moments of an earlier run
import { test } from "node:test";
import assert from "node:assert/strict";
import { medichain, newChain, start } from "./lib/daemon.mjs";
import { load, post, rpcAt } from "./lib/node.mjs";
import { recordArgs } from "./lib/story.mjs";

const { ethers } = load("ethers");
const rounds = Number(process.env.CRASH_ROUNDS ?? 8);
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const chunk = 20;

/** mulberry32: the moments of a run can be had again. */
function dice(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const call = (id, method, ...params) => ({ jsonrpc: "2.0", id, method, params });

/** One account that writes records over its own connection; remembers what it was told. */
class Writer {
  constructor(chain, account) {
    this.chain = chain;
    this.wallet = new ethers.Wallet(account.privateKey);
    this.face = new ethers.Interface(chain.contracts.MedicalRecordHash.abi);
    this.signed = []; // by nonce
    this.answered = new Map(); // hash -> {blockHash, blockNumber, nonce}
    this.next = 0;
  }

  async raw(nonce) {
    this.signed[nonce] ??= await this.wallet.signTransaction({
      type: 2,
      chainId: this.chain.chainId,
      nonce,
      gasLimit: 200000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      to: this.chain.contracts.MedicalRecordHash.address,
      data: this.face.encodeFunctionData("createRecord", recordArgs()),
    });
    return this.signed[nonce];
  }

  /** Sends and asks until the node is gone. */
  async run() {
    let asked = [];
    for (;;) {
      const raws = [];
      for (let i = 0; i < chunk; i++) raws.push(await this.raw(this.next + i));
      const sent = await post(
        raws.map((r, i) => call(i, "eth_sendRawTransaction", r)),
        this.chain.url,
      ).catch(() => null);
      if (sent === null) return;
      sent.forEach((s, i) => {
        if (s.error) assert.match(s.error.message, /already known|txpool is full|nonce too low/);
        asked.push({ hash: ethers.keccak256(raws[i]), nonce: this.next + i });
      });
      this.next += chunk;
      const replies = await post(
        asked.map((a, i) => call(i, "eth_getTransactionReceipt", a.hash)),
        this.chain.url,
      ).catch(() => null);
      if (replies === null) return;
      asked = asked.filter((a, i) => {
        const receipt = replies[i].result;
        if (!receipt) return true;
        assert.equal(receipt.status, "0x1");
        this.answered.set(a.hash, {
          blockHash: receipt.blockHash,
          blockNumber: receipt.blockNumber,
          nonce: a.nonce,
        });
        return false;
      });
    }
  }

  /** Compares with the node after its restart. */
  async check() {
    const { url } = this.chain;
    const nonce = Number(
      await rpcAt(url, "eth_getTransactionCount", this.wallet.address, "latest"),
    );
    const all = [...this.answered];
    for (let i = 0; i < all.length; i += 200) {
      const part = all.slice(i, i + 200);
      const replies = await post(
        part.flatMap(([hash, was], k) => [
          call(2 * k, "eth_getTransactionReceipt", hash),
          call(2 * k + 1, "eth_getBlockByNumber", was.blockNumber, false),
        ]),
        url,
      );
      part.forEach(([hash, was], k) => {
        const [receipt, block] = [replies[2 * k].result, replies[2 * k + 1].result];
        assert.ok(receipt, `${hash} of block ${was.blockNumber} was answered and is gone`);
        assert.deepEqual(
          [receipt.blockHash, receipt.blockNumber, block.hash],
          [was.blockHash, was.blockNumber, was.blockHash],
        );
        assert.ok(was.nonce < nonce, `nonce ${was.nonce} is mined, yet the account is at ${nonce}`);
      });
    }
    this.next = nonce; // the pool is memory; what was not mined is sent again
    return nonce;
  }
}

test(
  `${rounds} crashes under load lose nothing that was answered`,
  { timeout: 60_000 + rounds * 60_000 },
  async (t) => {
    t.diagnostic(`seed ${seed}`);
    const random = dice(seed);
    const chain = await newChain();
    const writers = chain.accounts.slice(0, 8).map((a) => new Writer(chain, a));
    let node = await start(chain),
      total = 0;
    for (let round = 0; round < rounds; round++) {
      const load = Promise.all(writers.map((w) => w.run()));
      await new Promise((r) => setTimeout(r, 200 + random() * 1500));
      node.child.kill("SIGKILL");
      const end = await node.ended;
      assert.equal(end.signal, "SIGKILL", end.stderr);
      await load;
      const before = Date.now();
      node = await start(chain);
      const ms = Date.now() - before;
      total = 0;
      for (const w of writers) total += await w.check();
      t.diagnostic(`round ${round + 1}: ${total} records, ready again after ${ms} ms`);
    }
    const answered = writers.reduce((sum, w) => sum + w.answered.size, 0);
    assert.ok(answered > 20 * rounds, `only ${answered} receipts were answered: no load`);
    assert.equal(
      await rpcAt(
        chain.url,
        "eth_call",
        {
          to: chain.contracts.MedicalRecordHash.address,
          data: writers[0].face.encodeFunctionData("getTotalRecords"),
        },
        "latest",
      ),
      ethers.toBeHex(total, 32),
    );
    node.child.kill("SIGTERM");
    assert.equal((await node.ended).code, 0);
    const sound = medichain("db", "check", "--data-dir", chain.dataDir, "--genesis", chain.genesis);
    assert.equal(sound.status, 0, sound.stdout + sound.stderr);
  },
);
