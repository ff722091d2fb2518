// Shapes of results: the execution-apis schema of the main methods, written down as the few patterns that it is made of.
// Every member is checked and no other may appear, except those that rpc.md adds.
import { test } from "node:test";
import assert from "node:assert/strict";
import { devnet, post, receiptOf, rpc, RpcError } from "./lib/node.mjs";
import { load } from "./lib/node.mjs";
import { peopleOf, recordArgs } from "./lib/story.mjs";

const { ethers } = load("ethers");
const person = peopleOf("verify").doctor;
const records = devnet.contracts.MedicalRecordHash;
const face = new ethers.Interface(records.abi);

/* ---- patterns ---- */
const text = (re, what) => (v, at) =>
  assert.ok(typeof v === "string" && re.test(v), `${at}: ${JSON.stringify(v)} is no ${what}`);
const uint = text(/^0x(0|[1-9a-f][0-9a-f]{0,63})$/, "quantity");
const bytes = text(/^0x([0-9a-f]{2})*$/, "data");
const fixed = (n) => text(new RegExp(`^0x[0-9a-f]{${2 * n}}$`), `${n} bytes`);
const [address, hash, word, bloom, nonce] = [fixed(20), fixed(32), fixed(32), fixed(256), fixed(8)];
const exactly = (want) => (v, at) => assert.equal(v, want, at);
const orNull = (shape) => (v, at) => v === null || shape(v, at);
const listOf =
  (shape, min = 0) =>
  (v, at) => {
    assert.ok(Array.isArray(v) && v.length >= min, `${at}: no list of ${min} or more`);
    v.forEach((x, i) => shape(x, `${at}[${i}]`));
  };
const bool = (v, at) => assert.equal(typeof v, "boolean", at);
const number = (v, at) => assert.equal(typeof v, "number", at);
const object =
  (members, optional = {}) =>
  (v, at) => {
    assert.ok(v !== null && typeof v === "object" && !Array.isArray(v), `${at}: no object`);
    for (const name of Object.keys(members)) assert.ok(name in v, `${at}.${name} is missing`);
    for (const [name, value] of Object.entries(v)) {
      const shape = members[name] ?? optional[name] ?? assert.fail(`${at}.${name} is unknown`);
      shape(value, `${at}.${name}`);
    }
  };

/* ---- objects ---- */
const accessList = listOf(object({ address, storageKeys: listOf(word) }));
const mined = { blockHash: hash, blockNumber: uint, transactionIndex: uint };
const pending = {
  blockHash: exactly(null),
  blockNumber: exactly(null),
  transactionIndex: exactly(null),
};
const txOf = (place) => (v, at) => {
  const common = {
    ...place,
    hash,
    from: address,
    to: orNull(address),
    nonce: uint,
    gas: uint,
    value: uint,
    input: bytes,
    type: uint,
    chainId: uint,
    v: uint,
    r: uint,
    s: uint,
    gasPrice: uint,
  };
  const typed = { ...common, accessList, yParity: uint };
  const shapes = {
    "0x0": object(common),
    "0x1": object(typed),
    "0x2": object({ ...typed, maxFeePerGas: uint, maxPriorityFeePerGas: uint }),
  };
  (shapes[v.type] ?? assert.fail(`${at}: type ${v.type}`))(v, at);
};
const log = object(
  {
    address,
    topics: listOf(word),
    data: bytes,
    blockNumber: uint,
    blockHash: hash,
    transactionHash: hash,
    transactionIndex: uint,
    logIndex: uint,
    removed: exactly(false),
  },
  { blockTimestamp: uint },
);
const receipt = object(
  {
    type: uint,
    status: text(/^0x[01]$/, "status"),
    transactionHash: hash,
    ...mined,
    from: address,
    to: orNull(address),
    contractAddress: orNull(address),
    cumulativeGasUsed: uint,
    gasUsed: uint,
    effectiveGasPrice: uint,
    logs: listOf(log),
    logsBloom: bloom,
  },
  { revertReason: orNull((v, at) => assert.equal(typeof v, "string", at)) },
);
const blockOf = (transactions) =>
  object(
    {
      number: uint,
      hash,
      parentHash: hash,
      nonce,
      sha3Uncles: hash,
      logsBloom: bloom,
      transactionsRoot: hash,
      stateRoot: hash,
      receiptsRoot: hash,
      miner: address,
      difficulty: uint,
      extraData: bytes,
      size: uint,
      gasLimit: uint,
      gasUsed: uint,
      timestamp: uint,
      mixHash: hash,
      baseFeePerGas: uint,
      uncles: listOf(hash),
      transactions,
    },
    { totalDifficulty: uint },
  );
const proof = object({
  address,
  balance: uint,
  nonce: uint,
  codeHash: hash,
  storageHash: hash,
  accountProof: listOf(bytes, 1),
  storageProof: listOf(
    object({ key: text(/^0x[0-9a-f]{1,64}$/, "key"), value: uint, proof: listOf(bytes) }),
  ),
});

/** A record, a failing call and a deployment: one receipt of each kind. */
async function work() {
  const args = recordArgs(),
    data = face.encodeFunctionData("createRecord", args),
    from = person.address;
  const sent = [];
  for (const tx of [
    { from, to: records.address, data },
    { from, to: records.address, data, gas: "0x493e0", gasPrice: "0x0" },
    {
      from,
      to: from,
      gas: "0xea60",
      accessList: [{ address: from, storageKeys: ["0x" + "01".repeat(32)] }],
      gasPrice: "0x0",
    },
    { from, data: "0xef4e4d01" + Buffer.from("AccessControl").toString("hex") },
  ])
    sent.push(await receiptOf(await rpc("eth_sendTransaction", tx)));
  return { sent, data };
}

let made;
test.before(async () => {
  made = await work();
});
const check = async (shape, method, ...params) => shape(await rpc(method, ...params), method);

test("receipts, transactions, logs", async () => {
  for (const r of made.sent) {
    await check(receipt, "eth_getTransactionReceipt", r.transactionHash);
    await check(txOf(mined), "eth_getTransactionByHash", r.transactionHash);
    await check(
      txOf(mined),
      "eth_getTransactionByBlockHashAndIndex",
      r.blockHash,
      r.transactionIndex,
    );
    await check(
      txOf(mined),
      "eth_getTransactionByBlockNumberAndIndex",
      r.blockNumber,
      r.transactionIndex,
    );
    await check(listOf(receipt, 1), "eth_getBlockReceipts", r.blockNumber);
    await check(bytes, "debug_getRawTransaction", r.transactionHash);
  }
  await check(listOf(log, 1), "eth_getLogs", { blockHash: made.sent[0].blockHash });
  assert.deepEqual(
    made.sent.map((r) => r.status),
    ["0x1", "0x0", "0x1", "0x1"],
  );
  assert.deepEqual(
    made.sent.map((r) => r.contractAddress !== null),
    [false, false, false, true],
  );
  assert.deepEqual(
    made.sent.map((r) => r.to === null),
    [false, false, false, true],
  );
});

test("blocks with hashes and with transactions", async () => {
  for (const tag of ["earliest", "latest", "safe", "finalized", made.sent[0].blockNumber]) {
    await check(blockOf(listOf(hash)), "eth_getBlockByNumber", tag, false);
    await check(blockOf(listOf(txOf(mined))), "eth_getBlockByNumber", tag, true);
  }
  await check(blockOf(listOf(hash, 1)), "eth_getBlockByHash", made.sent[0].blockHash, false);
  await check(uint, "eth_getBlockTransactionCountByNumber", "latest");
  await check(uint, "eth_getBlockTransactionCountByHash", made.sent[0].blockHash);
  await check(uint, "eth_getUncleCountByBlockNumber", "latest");
  await check(exactly(null), "eth_getUncleByBlockNumberAndIndex", "latest", "0x0");
});

test("a waiting transaction has no place yet", async () => {
  const from = person.address,
    next = Number(await rpc("eth_getTransactionCount", from, "pending"));
  const waiting = await rpc("eth_sendTransaction", {
    from,
    to: from,
    nonce: ethers.toQuantity(next + 1),
  });
  await check(txOf(pending), "eth_getTransactionByHash", waiting);
  await check(exactly(null), "eth_getTransactionReceipt", waiting);
  await check(object({ pending: uint, queued: uint }), "txpool_status");
  const { queued } = await rpc("txpool_contentFrom", from);
  txOf(pending)(queued[next + 1], "txpool_contentFrom");
  await receiptOf(
    await rpc("eth_sendTransaction", { from, to: from, nonce: ethers.toQuantity(next) }),
  );
  await receiptOf(waiting);
});

test("accounts, code, storage, proofs", async () => {
  for (const tag of [
    "latest",
    "pending",
    "earliest",
    "0x0",
    { blockNumber: "0x0" },
    { blockHash: made.sent[0].blockHash, requireCanonical: true },
  ]) {
    await check(uint, "eth_getBalance", person.address, tag);
    await check(uint, "eth_getTransactionCount", person.address, tag);
    await check(bytes, "eth_getCode", records.address, tag);
    await check(word, "eth_getStorageAt", records.address, "0x0", tag);
    await check(proof, "eth_getProof", records.address, ["0x0", "0x" + "01".repeat(32)], tag);
  }
});

test("calls, estimates, access lists", async () => {
  const call = {
    from: person.address,
    to: records.address,
    data: face.encodeFunctionData("getTotalRecords"),
  };
  await check(bytes, "eth_call", call, "latest");
  await check(uint, "eth_estimateGas", call);
  await check(object({ accessList, gasUsed: uint }), "eth_createAccessList", call, "latest");
});

test("fees", async () => {
  await check(exactly("0x0"), "eth_gasPrice");
  await check(exactly("0x0"), "eth_maxPriorityFeePerGas");
  const history = object(
    {
      oldestBlock: uint,
      baseFeePerGas: listOf(uint, 3),
      gasUsedRatio: listOf(number, 2),
      reward: listOf(listOf(uint, 2), 2),
    },
    { baseFeePerBlobGas: listOf(uint), blobGasUsedRatio: listOf(number) },
  );
  await check(history, "eth_feeHistory", "0x2", "latest", [10, 90]);
});

test("node, network, pool, filters", async () => {
  await check(exactly(ethers.toQuantity(devnet.chainId)), "eth_chainId");
  await check(exactly(String(devnet.chainId)), "net_version");
  await check(uint, "eth_blockNumber");
  await check(exactly(false), "eth_syncing");
  await check(listOf(address, 20), "eth_accounts");
  await check(address, "eth_coinbase");
  await check(bool, "net_listening");
  await check(uint, "net_peerCount");
  await check(exactly(ethers.id("abc")), "web3_sha3", "0x616263");
  const filters = [
    await rpc("eth_newFilter", {}),
    await rpc("eth_newBlockFilter"),
    await rpc("eth_newPendingTransactionFilter"),
  ];
  for (const id of filters) {
    uint(id, "filter id");
    await check(listOf(hash), "eth_getFilterChanges", id);
    await check(exactly(true), "eth_uninstallFilter", id);
    await check(exactly(false), "eth_uninstallFilter", id);
  }
});

test("what is not there is null", async () => {
  const none = "0x" + "ab".repeat(32);
  for (const [method, ...params] of [
    ["eth_getTransactionByHash", none],
    ["eth_getTransactionReceipt", none],
    ["eth_getBlockByHash", none, false],
    ["eth_getBlockByNumber", "0xffffffff", true],
    ["eth_getBlockReceipts", "0xffffffff"],
    ["eth_getTransactionByBlockNumberAndIndex", "latest", "0xffff"],
    ["eth_getBlockTransactionCountByHash", none],
  ])
    assert.equal(await rpc(method, ...params), null, method);
});

test("errors have the code that clients sort them by", async () => {
  const call = { from: person.address, to: records.address, data: made.data };
  const cases = [
    ["eth_call", [call, "latest"], 3, /^execution reverted: Record already exists$/],
    ["eth_estimateGas", [call], 3, /^execution reverted: Record already exists$/],
    ["eth_nope", [], -32601, /^the method eth_nope does not exist\/is not available$/],
    ["eth_getBalance", ["0x12"], -32602, /address/i],
    ["eth_getBalance", [person.address, "newest"], -32602, /./],
    ["eth_getLogs", [{ fromBlock: "0x5", toBlock: "0x1" }], -32602, /block range/],
    ["eth_getFilterChanges", ["0xdead"], -32000, /filter not found/],
    ["eth_sendRawTransaction", ["0x00"], -32000, /./],
    ["eth_blobBaseFee", [], -32000, /./],
  ];
  for (const [method, params, code, words] of cases) {
    await assert.rejects(rpc(method, ...params), (e) => {
      assert.ok(e instanceof RpcError, String(e));
      assert.equal(e.code, code, `${method}: ${e.text}`);
      assert.match(e.text, words);
      return true;
    });
  }
  await assert.rejects(rpc("eth_call", call), (e) => {
    assert.equal(
      e.data,
      new ethers.Interface(["error Error(string)"]).encodeErrorResult("Error", [
        "Record already exists",
      ]),
    );
    return true;
  });
});

test("batches: order, ids, notifications, empty, nested mistakes", async () => {
  const ask = (id, method) => ({
    jsonrpc: "2.0",
    ...(id === undefined ? {} : { id }),
    method,
    params: [],
  });
  const reply = await post([
    ask("a", "eth_chainId"),
    ask(undefined, "eth_chainId"),
    ask(7, "eth_nope"),
    5,
    ask(null, "net_version"),
  ]);
  assert.deepEqual(
    reply.map((r) => [r.id, r.error?.code ?? "ok"]),
    [
      ["a", "ok"],
      [7, -32601],
      [null, -32600],
      [null, "ok"],
    ],
  );
  reply.forEach((r) => assert.equal("error" in r, !("result" in r)));
  assert.equal((await post([])).error.code, -32600);
  assert.equal((await post("{")).error.code, -32700);
  const many = await post(Array.from({ length: 1000 }, (_, i) => ask(i, "eth_chainId")));
  assert.deepEqual(
    many.map((r) => r.id),
    Array.from({ length: 1000 }, (_, i) => i),
  );
});
