// ethers v6 against a running node.
import { test } from "node:test";
import assert from "node:assert/strict";
import { artifact, devnet, eventually, load, rpc, url } from "./lib/node.mjs";
import {
  freshId,
  grantArgs,
  itemArgs,
  modules,
  peopleOf,
  recordArgs,
  refusals,
  typedData,
} from "./lib/story.mjs";

const { ethers } = load("ethers");
const people = peopleOf("ethers");
// ethers answers the same question from a cache for 250 ms; blocks come faster here, so the cache is off.
const provider = new ethers.JsonRpcProvider(url, undefined, {
  cacheTimeout: -1,
  pollingInterval: 100,
});
const doctor = new ethers.Wallet(people.doctor.privateKey, provider);
const helper = new ethers.Wallet(people.helper.privateKey, provider);
const stranger = new ethers.Wallet(people.stranger.privateKey, provider);
const deployed = {};

/** A record, written and mined. */
async function write(args = recordArgs()) {
  const tx = await deployed.MedicalRecordHash.createRecord(...args);
  return { args, receipt: await tx.wait() };
}

const refusedFor = (reason) => (e) => {
  assert.equal(e.code, "CALL_EXCEPTION", e.message);
  assert.equal(e.reason, reason);
  assert.equal(e.revert.name, "Error");
  return true;
};

test.after(() => provider.destroy());

test("connects and learns the chain id", async () => {
  assert.equal((await provider.getNetwork()).chainId, BigInt(devnet.chainId));
});

test("reads blocks by number, tag and hash", async () => {
  const latest = await provider.getBlock("latest");
  assert.equal(typeof latest.number, "number");
  assert.equal(latest.baseFeePerGas, 0n);
  const same = await provider.getBlock(latest.hash);
  assert.equal(same.number, latest.number);
  const first = await provider.getBlock("earliest");
  assert.equal(first.number, 0);
  for (const tag of ["safe", "finalized"])
    assert.ok((await provider.getBlock(tag)).number >= latest.number);
  assert.equal(await provider.getBlock(2 ** 31), null);
});

test("sends a plain transfer and sees both balances move", async () => {
  const to = ethers.Wallet.createRandom().address;
  const before = await provider.getBalance(doctor.address);
  const tx = await doctor.sendTransaction({ to, value: 12345n });
  const receipt = await tx.wait();
  assert.equal(receipt.status, 1);
  assert.equal(receipt.gasUsed, 21000n);
  assert.equal(await provider.getBalance(to), 12345n);
  assert.equal(await provider.getBalance(doctor.address), before - 12345n);
  const found = await provider.getTransaction(tx.hash);
  assert.equal(found.blockHash, receipt.blockHash);
  assert.equal(found.from, doctor.address);
});

test("sends every envelope type", async () => {
  const to = helper.address;
  for (const fields of [
    { type: 0, gasPrice: 0n },
    { type: 1, gasPrice: 0n, accessList: [{ address: to, storageKeys: ["0x" + "01".repeat(32)] }] },
    { type: 2, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
  ]) {
    const receipt = await (
      await doctor.sendTransaction({ to, value: 1n, gasLimit: 60000n, ...fields })
    ).wait();
    assert.equal(receipt.type, fields.type);
    assert.equal((await provider.getTransaction(receipt.hash)).type, fields.type);
  }
});

for (const name of modules) {
  test(`deploys ${name} by its artifact`, async () => {
    const { abi, bytecode, deployedBytecode } = artifact(name);
    const contract = await new ethers.ContractFactory(abi, bytecode, doctor).deploy();
    await contract.waitForDeployment();
    assert.equal(await contract.getDeployedCode(), deployedBytecode);
    const receipt = await contract.deploymentTransaction().wait();
    assert.equal(
      receipt.contractAddress,
      ethers.getCreateAddress({
        from: doctor.address,
        nonce: contract.deploymentTransaction().nonce,
      }),
    );
    deployed[name] = contract;
  });
}

test("refuses creation code that is no module", async () => {
  const said = (e) => /unsupported contract code/.test(e.info?.error?.message ?? e.message);
  await assert.rejects(doctor.sendTransaction({ data: "0x6080604052" }), said);
  await assert.rejects(
    doctor.sendTransaction({ data: "0x6080604052", gasLimit: 1_000_000n }),
    said,
  );
});

test("writes and reads a record as a struct", async () => {
  const { args, receipt } = await write();
  const block = await provider.getBlock(receipt.blockNumber);
  const record = await deployed.MedicalRecordHash.getRecord(args[0]);
  assert.deepEqual(record.toObject(), {
    patientId: args[1],
    doctorId: args[2],
    recordType: args[3],
    hashValue: args[4],
    timestamp: BigInt(block.timestamp),
    creator: doctor.address,
    isActive: true,
  });
  assert.equal(await deployed.MedicalRecordHash.verifyHash(args[0], args[4]), true);
  assert.equal(await deployed.MedicalRecordHash.verifyHash(args[0], args[4] + "0"), false);
});

test("writes and reads on AccessControl and DrugTrace", async () => {
  const grant = grantArgs(helper.address),
    item = itemArgs();
  await (await deployed.AccessControl.grantAccess(...grant)).wait();
  await (await deployed.DrugTrace.createItem(...item)).wait();
  assert.equal(await deployed.AccessControl.hasAccess(grant[0], helper.address), true);
  assert.equal((await deployed.AccessControl.getAccessGrant(grant[0])).grantor, doctor.address);
  const [got, trace] = [
    await deployed.DrugTrace.getItem(item[0]),
    await deployed.DrugTrace.getTraceRecords(item[0]),
  ];
  assert.equal(got.batchNumber, item[4]);
  assert.equal(got.expiryDate, item[6]);
  assert.deepEqual(
    trace.map((t) => t.action),
    ["PRODUCTION"],
  );
});

test("well-known instances answer at the addresses of devnet.json", async () => {
  for (const name of modules) {
    const { address, abi } = devnet.contracts[name];
    assert.equal(await provider.getCode(address), artifact(name).deployedBytecode);
    assert.ok(new ethers.Interface(abi).fragments.length > 20);
  }
});

test("a failing call says why: eth_call, eth_estimateGas, and when mined", async () => {
  const { args } = await write();
  const records = deployed.MedicalRecordHash;
  const cases = [
    [records, args, refusals.twice],
    [records, ["", ...args.slice(1)], refusals.emptyId],
    [records.connect(stranger), recordArgs(), refusals.noRole],
  ];
  for (const [contract, a, reason] of cases) {
    await assert.rejects(contract.createRecord.staticCall(...a), refusedFor(reason));
    await assert.rejects(contract.createRecord.estimateGas(...a), refusedFor(reason));
    const tx = await contract.createRecord(...a, { gasLimit: 300000n });
    await assert.rejects(tx.wait(), { code: "CALL_EXCEPTION" });
    const receipt = await provider.getTransactionReceipt(tx.hash);
    assert.equal(receipt.status, 0);
    assert.equal(receipt.logs.length, 0);
    assert.equal((await rpc("eth_getTransactionReceipt", tx.hash)).revertReason, reason);
    assert.equal((await rpc("medichain_getRevertReason", tx.hash)).reason, reason);
  }
  await assert.rejects(records.getRecord(freshId("none")), refusedFor(refusals.unknown));
  await assert.rejects(records.recordIds(2n ** 200n), { code: "CALL_EXCEPTION", data: "0x" });
});

test("hears events by polling, and finds them again", async () => {
  const records = deployed.MedicalRecordHash,
    args = recordArgs();
  const heard = [];
  await records.on("RecordCreated", (...values) => heard.push(values));
  await eventually(() => records.listenerCount("RecordCreated"), "a listener");
  await new Promise((r) => setTimeout(r, 300));
  const { receipt } = await write(args);
  const [id, patient, author, type, hash, payload] = await eventually(() => heard[0], "the event");
  assert.equal(id.hash, ethers.id(args[0]));
  assert.deepEqual([patient, author, type, hash], args.slice(1));
  assert.equal(payload.log.transactionHash, receipt.hash);
  await records.removeAllListeners();
  const found = await records.queryFilter(records.filters.RecordCreated(args[0]));
  assert.equal(found.length, 1);
  assert.equal(found[0].args.hashValue, args[4]);
});

test("filters logs by address list, topic alternatives, wildcard and block hash", async () => {
  const records = deployed.MedicalRecordHash,
    address = await records.getAddress();
  const [a, b, c] = [await write(), await write(), await write()];
  const topic = records.interface.getEvent("RecordCreated").topicHash;
  const fromBlock = a.receipt.blockNumber;
  const ids = [ethers.id(a.args[0]), ethers.id(c.args[0])];
  const hashes = (logs) => logs.map((l) => l.transactionHash);
  const want = [a.receipt.hash, c.receipt.hash];
  assert.deepEqual(
    hashes(await provider.getLogs({ address, fromBlock, topics: [topic, ids] })),
    want,
  );
  assert.deepEqual(
    hashes(
      await provider.getLogs({
        address: [address, helper.address],
        fromBlock,
        topics: [null, ids],
      }),
    ),
    want,
  );
  assert.deepEqual(
    hashes(await provider.getLogs({ fromBlock, topics: [[topic, ethers.id("x")], ids] })),
    want,
  );
  assert.deepEqual(
    hashes(
      await provider.getLogs({
        address,
        blockHash: b.receipt.blockHash,
        topics: [null, ethers.id(b.args[0])],
      }),
    ),
    [b.receipt.hash],
  );
  assert.deepEqual(await provider.getLogs({ address: helper.address, fromBlock }), []);
});

test("a batch of a hundred goes out at once and comes back in order", async () => {
  const batching = new ethers.JsonRpcProvider(url, undefined, {
    batchMaxCount: 100,
    batchStallTime: 20,
  });
  let largest = 0;
  batching.on("debug", (d) => {
    if (d.action === "sendRpcPayload" && Array.isArray(d.payload))
      largest = Math.max(largest, d.payload.length);
  });
  const balances = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      batching.getBalance(i === 42 ? people.stranger.address : ethers.toBeHex(i + 1, 20)),
    ),
  );
  balances.forEach((b, i) => assert.equal(b > 0n, i === 42, `answer ${i}`));
  assert.equal(largest, 100);
  batching.destroy();
});

test("twenty sends in parallel take twenty nonces in a row", async () => {
  const first = await provider.getTransactionCount(helper.address);
  const managed = new ethers.NonceManager(helper);
  const records = deployed.MedicalRecordHash.connect(managed);
  const all = await Promise.all(
    Array.from({ length: 20 }, () => records.createRecord(...recordArgs())),
  );
  const receipts = await Promise.all(all.map((tx) => tx.wait()));
  assert.ok(receipts.every((r) => r.status === 1));
  assert.deepEqual(
    all.map((tx) => tx.nonce).sort((x, y) => x - y),
    Array.from({ length: 20 }, (_, i) => first + i),
  );
  assert.equal(await provider.getTransactionCount(helper.address), first + 20);
});

test("sends in the wrong order are mined in the right one", async () => {
  const nonce = await provider.getTransactionCount(helper.address);
  const later = await helper.sendTransaction({
    to: doctor.address,
    value: 1n,
    nonce: nonce + 1,
    gasLimit: 21000n,
  });
  assert.equal(await provider.getTransactionReceipt(later.hash), null);
  assert.equal((await provider.getTransaction(later.hash)).blockNumber, null);
  const now = await helper.sendTransaction({
    to: doctor.address,
    value: 1n,
    nonce,
    gasLimit: 21000n,
  });
  assert.equal(await provider.getTransactionCount(helper.address, "pending"), nonce + 2);
  assert.ok((await now.wait()).blockNumber <= (await later.wait()).blockNumber);
});

test("pool refusals arrive as the classes that ethers knows", async () => {
  const nonce = await provider.getTransactionCount(doctor.address);
  const plain = { to: helper.address, gasLimit: 21000n };
  await assert.rejects(doctor.sendTransaction({ ...plain, nonce: nonce - 1 }), {
    code: "NONCE_EXPIRED",
  });
  await assert.rejects(doctor.sendTransaction({ ...plain, value: 10n ** 30n }), {
    code: "INSUFFICIENT_FUNDS",
  });
  await assert.rejects(
    doctor.sendTransaction({ ...plain, gasLimit: 20999n }),
    /intrinsic gas too low/,
  );
  await assert.rejects(
    doctor.sendTransaction({ ...plain, gasLimit: 10n ** 12n }),
    /exceeds block gas limit/,
  );
  const waiting = { ...plain, nonce: nonce + 5, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  await doctor.sendTransaction(waiting);
  await assert.rejects(doctor.sendTransaction({ ...waiting, value: 1n }), {
    code: "REPLACEMENT_UNDERPRICED",
  });
  await doctor.sendTransaction({
    ...waiting,
    value: 2n,
    maxFeePerGas: 10n,
    maxPriorityFeePerGas: 10n,
  });
});

test("an unlocked account sends and signs", async () => {
  const signer = await provider.getSigner(helper.address);
  const records = deployed.MedicalRecordHash.connect(signer),
    args = recordArgs();
  const receipt = await (await records.createRecord(...args)).wait();
  assert.equal(receipt.from, helper.address);
  assert.equal((await records.getRecord(args[0])).creator, helper.address);
  assert.equal(
    ethers.verifyMessage("consent given", await signer.signMessage("consent given")),
    helper.address,
  );
  const { Person, Consent } = typedData.types;
  const signature = await signer.signTypedData(
    typedData.domain,
    { Person, Consent },
    typedData.message,
  );
  assert.equal(
    signature,
    await helper.signTypedData(typedData.domain, { Person, Consent }, typedData.message),
  );
  assert.equal(
    ethers.verifyTypedData(typedData.domain, { Person, Consent }, typedData.message, signature),
    helper.address,
  );
});

test("everything is free", async () => {
  const fee = await provider.getFeeData();
  assert.equal(fee.gasPrice, 0n);
  // With a base fee of 0 ethers proposes no type 2 fees, unless the block is not free.
  assert.deepEqual([fee.maxPriorityFeePerGas, fee.maxFeePerGas], [null, null]);
});

test("an estimate is enough gas, and one less is not", async () => {
  const args = recordArgs();
  const gasLimit = await deployed.MedicalRecordHash.createRecord.estimateGas(...args);
  const short = await deployed.MedicalRecordHash.createRecord(...args, { gasLimit: gasLimit - 1n });
  await assert.rejects(short.wait(), { code: "CALL_EXCEPTION" });
  const enough = await deployed.MedicalRecordHash.createRecord(...args, { gasLimit });
  assert.equal((await enough.wait()).status, 1);
});

test("the past can be read", async () => {
  const records = deployed.MedicalRecordHash;
  const { args, receipt } = await write();
  const changed = await (await records.modifyRecord(args[0], "sha256:new", "corrected")).wait();
  const at = (n) => ({ blockTag: n });
  await assert.rejects(
    records.getRecord(args[0], at(receipt.blockNumber - 1)),
    refusedFor(refusals.unknown),
  );
  assert.equal((await records.getRecord(args[0], at(changed.blockNumber - 1))).hashValue, args[4]);
  assert.equal((await records.getRecord(args[0])).hashValue, "sha256:new");
  assert.equal(await provider.getTransactionCount(doctor.address, 0), 0);
  assert.equal(await provider.getBalance(doctor.address, 0), ethers.parseEther("10000"));
  assert.equal(await provider.getCode(await records.getAddress(), 0), "0x");
  const old = await records.createRecord.staticCall(...args, at(receipt.blockNumber - 1));
  assert.equal(old.length, 0);
});
