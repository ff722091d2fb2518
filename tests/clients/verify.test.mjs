// The chain recomputed by libraries that others wrote: header hash, transactionsRoot, receiptsRoot, logsBloom, senders,
// state proofs.  Runs last, over every block that the other suites made.
import { test } from "node:test";
import assert from "node:assert/strict";
import { devnet, load, receiptOf, rpc } from "./lib/node.mjs";
import { itemArgs, peopleOf, recordArgs } from "./lib/story.mjs";

const { ethers } = load("ethers");
const { BlockHeader } = load("@ethereumjs/block");
const { Common, Hardfork } = load("@ethereumjs/common");
const { RLP } = load("@ethereumjs/rlp");
const { Trie } = load("@ethereumjs/trie");
const { TransactionFactory } = load("@ethereumjs/tx");
const { hexToBytes, bytesToHex, concatBytes, setLengthLeft } = load("@ethereumjs/util");
const keccak = (bytes) => hexToBytes(ethers.keccak256(bytes));

const common = Common.custom(
  { chainId: devnet.chainId, networkId: devnet.chainId },
  { hardfork: Hardfork.London },
);
const quantity = (q) =>
  BigInt(q) === 0n ? new Uint8Array() : hexToBytes(ethers.toBeHex(BigInt(q)));
const people = peopleOf("verify");
const records = devnet.contracts.MedicalRecordHash;
const face = new ethers.Interface(records.abi);

/** Some of everything, in case this suite runs alone. */
async function makeWork() {
  const from = people.doctor.address;
  const items = new ethers.Interface(devnet.contracts.DrugTrace.abi);
  const args = recordArgs();
  const all = [
    { from, to: records.address, data: face.encodeFunctionData("createRecord", args) },
    {
      from,
      to: records.address,
      data: face.encodeFunctionData("createRecord", args),
      gas: "0x493e0",
    }, // fails
    {
      from,
      to: devnet.contracts.DrugTrace.address,
      data: items.encodeFunctionData("createItem", itemArgs()),
    },
    { from, to: people.stranger.address, value: "0x1" },
    { from, to: people.stranger.address, value: "0x1", gasPrice: "0x0" },
    {
      from,
      to: people.stranger.address,
      value: "0x1",
      gas: "0xea60",
      maxFeePerGas: "0x7",
      maxPriorityFeePerGas: "0x7",
      accessList: [{ address: records.address, storageKeys: ["0x" + "00".repeat(32)] }],
    },
    { from, data: "0xef4e4d01" + Buffer.from("DrugTrace").toString("hex") },
  ];
  const hashes = [];
  for (const tx of all) hashes.push(await rpc("eth_sendTransaction", tx));
  for (const hash of hashes) await receiptOf(hash);
}

/** Receipt as it enters the trie (EIP-2718, EIP-658). */
function receiptBytes(r) {
  const logs = r.logs.map((l) => [
    hexToBytes(l.address),
    l.topics.map(hexToBytes),
    hexToBytes(l.data),
  ]);
  const body = RLP.encode([
    quantity(r.status),
    quantity(r.cumulativeGasUsed),
    hexToBytes(r.logsBloom),
    logs,
  ]);
  return r.type === "0x0" ? body : concatBytes(hexToBytes(ethers.toBeHex(BigInt(r.type))), body);
}

/** Yellow paper 4.3.1: three bits for each address and topic. */
function bloomOf(logs) {
  const bloom = new Uint8Array(256);
  for (const word of logs.flatMap((l) => [l.address, ...l.topics])) {
    const hash = keccak(hexToBytes(word));
    for (const i of [0, 2, 4]) {
      const bit = ((hash[i] << 8) | hash[i + 1]) & 2047;
      bloom[255 - (bit >> 3)] |= 1 << (bit & 7);
    }
  }
  return bytesToHex(bloom);
}

async function rootOf(values) {
  const trie = new Trie();
  for (let i = 0; i < values.length; i++) await trie.put(RLP.encode(i), values[i]);
  return bytesToHex(trie.root());
}

/** Transaction from its JSON, rebuilt by the library. */
function txOf(t) {
  return TransactionFactory.fromTxData(
    {
      type: t.type,
      chainId: t.chainId,
      nonce: t.nonce,
      gasLimit: t.gas,
      to: t.to,
      value: t.value,
      data: t.input,
      v: t.v,
      r: t.r,
      s: t.s,
      accessList: t.accessList,
      ...(t.type === "0x2"
        ? { maxFeePerGas: t.maxFeePerGas, maxPriorityFeePerGas: t.maxPriorityFeePerGas }
        : { gasPrice: t.gasPrice }),
    },
    { common },
  );
}

async function checkBlock(number, parent) {
  const tag = ethers.toQuantity(number);
  const block = await rpc("eth_getBlockByNumber", tag, true);
  const receipts = await rpc("eth_getBlockReceipts", tag);
  const where = `block ${number}`;
  const header = BlockHeader.fromHeaderData(
    {
      parentHash: block.parentHash,
      uncleHash: block.sha3Uncles,
      coinbase: block.miner,
      stateRoot: block.stateRoot,
      transactionsTrie: block.transactionsRoot,
      receiptTrie: block.receiptsRoot,
      logsBloom: block.logsBloom,
      difficulty: block.difficulty,
      number: block.number,
      gasLimit: block.gasLimit,
      gasUsed: block.gasUsed,
      timestamp: block.timestamp,
      extraData: block.extraData,
      mixHash: block.mixHash,
      nonce: block.nonce,
      baseFeePerGas: block.baseFeePerGas,
    },
    { common, skipConsensusFormatValidation: true },
  );
  assert.equal(bytesToHex(header.hash()), block.hash, `${where}: hash`);
  assert.equal(
    bytesToHex(header.serialize()),
    await rpc("debug_getRawHeader", tag),
    `${where}: raw header`,
  );
  // Layout version 1, then the block's time in milliseconds.
  const ms = BigInt("0x" + block.extraData.slice(4));
  assert.match(block.extraData, /^0x01[0-9a-f]{16}$/, where);
  assert.equal(BigInt(block.timestamp), ms / 1000n, `${where}: seconds and milliseconds`);
  if (parent) {
    assert.equal(block.parentHash, parent.hash, `${where}: parent`);
    assert.ok(ms > BigInt("0x" + parent.extraData.slice(4)), `${where}: time moves on`);
  }
  const txs = block.transactions.map(txOf);
  txs.forEach((tx, i) => {
    assert.equal(bytesToHex(tx.hash()), block.transactions[i].hash, `${where}: transaction ${i}`);
    assert.equal(
      tx.getSenderAddress().toString(),
      block.transactions[i].from,
      `${where}: sender ${i}`,
    );
  });
  assert.equal(
    await rootOf(txs.map((tx) => tx.serialize())),
    block.transactionsRoot,
    `${where}: transactionsRoot`,
  );
  assert.equal(
    await rootOf(receipts.map(receiptBytes)),
    block.receiptsRoot,
    `${where}: receiptsRoot`,
  );
  receipts.forEach((r, i) => assert.equal(bloomOf(r.logs), r.logsBloom, `${where}: bloom of ${i}`));
  const logs = receipts.flatMap((r) => r.logs);
  assert.equal(bloomOf(logs), block.logsBloom, `${where}: logsBloom`);
  assert.deepEqual(
    logs.map((l) => Number(l.logIndex)),
    logs.map((_, i) => i),
    `${where}: log indexes`,
  );
  assert.equal(
    Number(receipts.at(-1)?.cumulativeGasUsed ?? 0),
    Number(block.gasUsed),
    `${where}: gasUsed`,
  );
  const raw = await rpc("debug_getRawBlock", tag);
  assert.equal(raw.length / 2 - 1, Number(block.size), `${where}: size`);
  assert.equal(
    bytesToHex(keccak(RLP.encode(RLP.decode(raw)[0]))),
    block.hash,
    `${where}: raw block`,
  );
  return block;
}

const nodesOf = (proof) => proof.map(hexToBytes);

/** The account of a proof under a state root, by the other verifier; null: proven absent. */
async function provenAccount(root, answer) {
  const value = await Trie.verifyProof(
    keccak(hexToBytes(answer.address)),
    nodesOf(answer.accountProof),
    undefined,
  ).catch((e) => assert.fail(`account proof: ${e.message}`));
  assert.equal(
    bytesToHex(keccak(hexToBytes(answer.accountProof[0]))),
    root,
    "the proof starts at the state root",
  );
  return value;
}

async function provenSlot(answer, i) {
  const { key, proof } = answer.storageProof[i];
  assert.equal(
    bytesToHex(keccak(hexToBytes(proof[0]))),
    answer.storageHash,
    "the proof starts at the storage root",
  );
  return Trie.verifyProof(
    keccak(setLengthLeft(hexToBytes(ethers.toBeHex(BigInt(key))), 32)),
    nodesOf(proof),
  );
}

test.before(makeWork);

test("every block recomputes: hash, roots, bloom, senders", { timeout: 600_000 }, async (t) => {
  const head = Number(await rpc("eth_blockNumber"));
  let parent = null,
    txCount = 0;
  for (let n = 0; n <= head; n++) {
    parent = await checkBlock(n, parent);
    txCount += parent.transactions.length;
  }
  assert.ok(txCount >= 7);
  t.diagnostic(`${head + 1} blocks, ${txCount} transactions`);
});

test("account proofs: present, and proven absent, at the head and in the past", async () => {
  const head = await rpc("eth_blockNumber");
  for (const tag of [head, "0x0", ethers.toQuantity(Math.floor(Number(head) / 2))]) {
    const { stateRoot } = await rpc("eth_getBlockByNumber", tag, false);
    for (const address of [people.doctor.address, records.address, devnet.accounts[19].address]) {
      const answer = await rpc("eth_getProof", address, [], tag);
      const value = await provenAccount(stateRoot, answer);
      const [nonce, balance, storageHash, codeHash] = RLP.decode(value).map(bytesToHex);
      assert.equal(BigInt(nonce === "0x" ? 0 : nonce), BigInt(answer.nonce));
      assert.equal(BigInt(balance === "0x" ? 0 : balance), BigInt(answer.balance));
      assert.deepEqual([storageHash, codeHash], [answer.storageHash, answer.codeHash]);
      assert.equal(codeHash, ethers.keccak256(await rpc("eth_getCode", address, tag)));
      assert.equal(answer.nonce, await rpc("eth_getTransactionCount", address, tag));
    }
    const nobody = await rpc("eth_getProof", "0x" + "de".repeat(20), ["0x0"], tag);
    assert.equal(await provenAccount(stateRoot, nobody), null);
    assert.equal(nobody.balance, "0x0");
    assert.equal(nobody.storageProof[0].value, "0x0");
  }
});

test("a proof with one byte changed is refused by the other verifier", async () => {
  const answer = await rpc("eth_getProof", people.doctor.address, [], "latest");
  const nodes = nodesOf(answer.accountProof);
  nodes.at(-1)[nodes.at(-1).length - 1] ^= 1;
  await assert.rejects(Trie.verifyProof(keccak(hexToBytes(answer.address)), nodes));
});

/** Record key: a tag byte, then each part with its length in two bytes (vm/state.c). */
function slotOf(tag, ...parts) {
  const pieces = [Uint8Array.of(tag)];
  for (const text of parts) {
    const bytes = new TextEncoder().encode(text);
    pieces.push(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
  }
  return ethers.keccak256(concatBytes(...pieces));
}

/** msgpack of a stored record: numbers in their shortest form, texts and addresses as bin. */
function packed(values) {
  const out = [Uint8Array.of(0x90 | values.length)];
  for (const v of values) {
    if (typeof v === "boolean") out.push(Uint8Array.of(v ? 0xc3 : 0xc2));
    else if (typeof v === "string" || v instanceof Uint8Array) {
      const bytes = typeof v === "string" ? new TextEncoder().encode(v) : v;
      out.push(Uint8Array.of(0xc4, bytes.length), bytes);
    } else {
      const size = [0x80, 0x100, 0x10000, 0x100000000].findIndex((max) => v < max);
      const be = ethers.toBeArray(v);
      const width = [0, 1, 2, 4][size];
      out.push(
        size === 0
          ? Uint8Array.of(v)
          : concatBytes(Uint8Array.of(0xcb + size), setLengthLeft(be, width)),
      );
    }
  }
  return concatBytes(...out);
}

test("storage proofs: a record's word is keccak256 of its bytes, an integer's word the integer", async () => {
  const from = people.doctor.address,
    args = recordArgs(),
    newHash = "sha256:" + "77".repeat(32);
  const created = await receiptOf(
    await rpc("eth_sendTransaction", {
      from,
      to: records.address,
      data: face.encodeFunctionData("createRecord", args),
    }),
  );
  const at = async (receipt) =>
    Number((await rpc("eth_getBlockByHash", receipt.blockHash, false)).timestamp);
  const record = slotOf(1, args[0]),
    carried = slotOf(3, args[0], newHash),
    never = slotOf(1, args[0] + "-never");
  const modified = await receiptOf(
    await rpc("eth_sendTransaction", {
      from,
      to: records.address,
      data: face.encodeFunctionData("modifyRecord", [args[0], newHash, "corrected"]),
    }),
  );
  assert.deepEqual([created.status, modified.status], ["0x1", "0x1"]);
  const states = [
    [
      created,
      packed([
        ...args.slice(1),
        await at(created),
        hexToBytes(from.toLowerCase()),
        true,
        Number(created.blockNumber),
        0,
        0,
        0,
        "",
        "",
        "",
      ]),
      0n,
    ],
    [
      modified,
      packed([
        ...args.slice(1, 4),
        newHash,
        await at(modified),
        hexToBytes(from.toLowerCase()),
        true,
        Number(modified.blockNumber),
        1,
        0,
        0,
        "",
        "",
        "",
      ]),
      1n,
    ],
  ];
  for (const [receipt, bytes, number] of states) {
    const { stateRoot } = await rpc("eth_getBlockByHash", receipt.blockHash, false);
    const answer = await rpc("eth_getProof", records.address, [record, carried, never], {
      blockHash: receipt.blockHash,
    });
    const account = RLP.decode(await provenAccount(stateRoot, answer));
    assert.equal(bytesToHex(account[2]), answer.storageHash);
    const words = [];
    for (let i = 0; i < 3; i++) {
      const value = await provenSlot(answer, i);
      const word = value === null ? 0n : BigInt(bytesToHex(RLP.decode(value)));
      assert.equal(word, BigInt(answer.storageProof[i].value));
      assert.equal(
        word,
        BigInt(
          await rpc(
            "eth_getStorageAt",
            records.address,
            answer.storageProof[i].key,
            receipt.blockNumber,
          ),
        ),
      );
      words.push(word);
    }
    assert.deepEqual(words, [BigInt(ethers.keccak256(bytes)), number, 0n]);
  }
});
