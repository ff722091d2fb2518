// web3.js v4 against a running node.
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

const { Web3 } = load("web3");
const people = peopleOf("web3");
const web3 = new Web3(url);
// Anything that the wallet does not hold goes to the node's unlocked accounts by eth_sendTransaction.
web3.eth.accounts.wallet.add(people.doctor.privateKey);
web3.eth.accounts.wallet.add(people.stranger.privateKey);
web3.eth.transactionPollingInterval = 50;
web3.eth.transactionReceiptPollingInterval = 50;
const [doctor, helper, stranger] = [people.doctor, people.helper, people.stranger].map(
  (p) => p.address,
);
const deployed = {};

const send = (method, from, gas) => method.send({ from, ...(gas ? { gas } : {}) });
async function write(args = recordArgs()) {
  return {
    args,
    receipt: await send(deployed.MedicalRecordHash.methods.createRecord(...args), doctor),
  };
}

/** Words of a refusal, wherever web3.js put them. */
function words(e) {
  const out = [];
  for (let at = e; at; at = at.innerError ?? at.cause) out.push(at.message, at.reason, at.data);
  return out
    .flat()
    .filter((w) => typeof w === "string")
    .join(" | ");
}
const refusedFor = (reason) => (e) => {
  assert.ok(words(e).includes(reason), words(e));
  return true;
};

test("connects and learns the chain id", async () => {
  assert.equal(await web3.eth.getChainId(), BigInt(devnet.chainId));
  assert.equal(await web3.eth.net.getId(), BigInt(devnet.chainId));
  assert.match(await web3.eth.getNodeInfo(), /^MediChain\//i);
});

test("reads blocks", async () => {
  const latest = await web3.eth.getBlock("latest", true);
  assert.equal(latest.baseFeePerGas, 0n);
  assert.equal((await web3.eth.getBlock(latest.hash)).number, latest.number);
  assert.equal((await web3.eth.getBlock(0n)).parentHash, "0x" + "00".repeat(32));
});

test("sends a plain transfer and sees the balance move", async () => {
  const to = web3.eth.accounts.create().address;
  const receipt = await web3.eth.sendTransaction({ from: doctor, to, value: 777n });
  assert.equal(receipt.status, 1n);
  assert.equal(receipt.gasUsed, 21000n);
  assert.equal(await web3.eth.getBalance(to), 777n);
  assert.equal(
    (await web3.eth.getTransaction(receipt.transactionHash)).blockHash,
    receipt.blockHash,
  );
});

for (const name of modules) {
  test(`deploys ${name} by its artifact`, async () => {
    const { abi, bytecode, deployedBytecode } = artifact(name);
    const contract = await new web3.eth.Contract(abi)
      .deploy({ data: bytecode })
      .send({ from: doctor });
    assert.equal(await web3.eth.getCode(contract.options.address), deployedBytecode);
    deployed[name] = contract;
  });
}

test("writes and reads a record as a struct", async () => {
  const { args, receipt } = await write();
  const block = await web3.eth.getBlock(receipt.blockNumber);
  const r = await deployed.MedicalRecordHash.methods.getRecord(args[0]).call();
  assert.deepEqual(
    [r.patientId, r.doctorId, r.recordType, r.hashValue, r.timestamp, r.creator, r.isActive],
    [...args.slice(1), block.timestamp, web3.utils.toChecksumAddress(doctor), true],
  );
  assert.equal(await deployed.MedicalRecordHash.methods.verifyHash(args[0], args[4]).call(), true);
});

test("writes and reads on AccessControl and DrugTrace", async () => {
  const grant = grantArgs(helper),
    item = itemArgs();
  await send(deployed.AccessControl.methods.grantAccess(...grant), doctor);
  await send(deployed.DrugTrace.methods.createItem(...item), doctor);
  assert.equal(await deployed.AccessControl.methods.hasAccess(grant[0], helper).call(), true);
  assert.equal((await deployed.DrugTrace.methods.getItem(item[0]).call()).category, item[7]);
  const trace = await deployed.DrugTrace.methods.getTraceRecords(item[0]).call();
  assert.deepEqual(
    trace.map((t) => [t.action, t.to]),
    [["PRODUCTION", web3.utils.toChecksumAddress(doctor)]],
  );
});

test("a failing call says why: eth_call, eth_estimateGas, and when mined", async () => {
  const { args } = await write();
  const { methods } = deployed.MedicalRecordHash;
  const cases = [
    [methods.createRecord(...args), doctor, refusals.twice],
    [methods.createRecord("", ...args.slice(1)), doctor, refusals.emptyId],
    [methods.createRecord(...recordArgs()), stranger, refusals.noRole],
  ];
  for (const [method, from, reason] of cases) {
    await assert.rejects(method.call({ from }), refusedFor(reason));
    await assert.rejects(method.estimateGas({ from }), refusedFor(reason));
    let hash;
    const sending = web3.eth.sendTransaction(
      {
        from,
        to: deployed.MedicalRecordHash.options.address,
        data: method.encodeABI(),
        gas: 300000n,
      },
      undefined,
      { checkRevertBeforeSending: false },
    );
    sending.on("transactionHash", (h) => (hash = h));
    await assert.rejects(sending, refusedFor("revert"));
    const receipt = await rpc("eth_getTransactionReceipt", hash);
    assert.equal(receipt.status, "0x0");
    assert.equal(receipt.revertReason, reason);
  }
  await assert.rejects(methods.getRecord(freshId("none")).call(), refusedFor(refusals.unknown));
});

test("finds events by getPastEvents, and new ones by polling it", async () => {
  const contract = deployed.MedicalRecordHash,
    args = recordArgs();
  const fromBlock = await web3.eth.getBlockNumber();
  const poll = eventually(async () => {
    const all = await contract.getPastEvents("RecordCreated", {
      fromBlock,
      filter: { recordId: args[0] },
    });
    return all[0];
  }, "the event");
  const { receipt } = await write(args);
  const event = await poll;
  assert.equal(event.transactionHash, receipt.transactionHash);
  assert.equal(event.returnValues.recordId, web3.utils.keccak256(args[0]));
  assert.equal(event.returnValues.hashValue, args[4]);
  assert.equal(receipt.events.RecordCreated.returnValues.patientId, args[1]);
});

test("a filter on the node reports each log once", async () => {
  const contract = deployed.MedicalRecordHash,
    args = recordArgs();
  const topic = web3.utils.keccak256("RecordCreated(string,string,string,string,string)");
  const fromBlock = await rpc("eth_blockNumber");
  const id = await rpc("eth_newFilter", {
    fromBlock,
    address: contract.options.address,
    topics: [topic, web3.utils.keccak256(args[0])],
  });
  await write(args);
  await write();
  assert.equal((await rpc("eth_getFilterChanges", id)).length, 1);
  assert.deepEqual(await rpc("eth_getFilterChanges", id), []);
  assert.equal((await rpc("eth_getFilterLogs", id)).length, 1);
  assert.equal(await rpc("eth_uninstallFilter", id), true);
  await assert.rejects(rpc("eth_getFilterChanges", id), /filter not found/);
});

test("batches requests", async () => {
  const batch = new web3.BatchRequest();
  const asked = devnet.accounts.map((a, i) =>
    batch.add({
      jsonrpc: "2.0",
      id: 100 + i,
      method: "eth_getBalance",
      params: [a.address, "0x0"],
    }),
  );
  asked.push(batch.add({ jsonrpc: "2.0", id: 900, method: "eth_chainId", params: [] }));
  await batch.execute();
  const answers = await Promise.all(asked);
  assert.equal(answers.pop(), web3.utils.toHex(devnet.chainId));
  assert.ok(answers.every((a) => BigInt(a) === 10n ** 22n));
});

test("twenty sends in parallel take twenty nonces in a row", async () => {
  const first = await web3.eth.getTransactionCount(doctor);
  const { methods } = deployed.MedicalRecordHash;
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      methods
        .createRecord(...recordArgs())
        .send({ from: doctor, nonce: first + BigInt(i), gas: "300000" }),
    ),
  );
  assert.ok(all.every((r) => r.status === 1n));
  assert.equal(await web3.eth.getTransactionCount(doctor), first + 20n);
});

test("an unlocked account sends and signs", async () => {
  const { args } = await write();
  const receipt = await send(
    deployed.MedicalRecordHash.methods.modifyRecord(args[0], "sha256:two", "corrected"),
    helper,
  );
  assert.equal(receipt.from, helper.toLowerCase());
  const signature = await web3.eth.personal.sign(web3.utils.utf8ToHex("consent given"), helper, "");
  assert.equal(
    web3.eth.accounts.recover("consent given", signature),
    web3.utils.toChecksumAddress(helper),
  );
  assert.equal(await web3.eth.sign(web3.utils.utf8ToHex("consent given"), helper), signature);
  const domainType = [
    { name: "name", type: "string" },
    { name: "version", type: "string" },
    { name: "chainId", type: "uint256" },
    { name: "verifyingContract", type: "address" },
  ];
  const typed = { ...typedData, types: { EIP712Domain: domainType, ...typedData.types } };
  const { ethers } = load("ethers");
  const { Person, Consent } = typedData.types;
  assert.equal(
    ethers.verifyTypedData(
      typedData.domain,
      { Person, Consent },
      typedData.message,
      await web3.eth.signTypedData(helper, typed, false),
    ),
    web3.utils.toChecksumAddress(helper),
  );
  const signed = await web3.eth.signTransaction({
    from: helper,
    to: doctor,
    value: "0x1",
    gas: "0x5208",
    gasPrice: "0x0",
    nonce: web3.utils.toHex(await web3.eth.getTransactionCount(helper)),
  });
  assert.equal(
    web3.eth.accounts.recoverTransaction(signed.raw),
    web3.utils.toChecksumAddress(helper),
  );
});

test("everything is free", async () => {
  assert.equal(await web3.eth.getGasPrice(), 0n);
  assert.equal(await web3.eth.getMaxPriorityFeePerGas(), 0n);
  const fees = await web3.eth.calculateFeeData();
  assert.deepEqual([fees.gasPrice, fees.baseFeePerGas], [0n, 0n]);
  const history = await web3.eth.getFeeHistory(2, "latest", [25, 75]);
  assert.deepEqual(history.baseFeePerGas, [0n, 0n, 0n]);
  assert.equal(history.reward.length, 2);
});

test("the past can be read", async () => {
  const { args, receipt } = await write();
  const { methods } = deployed.MedicalRecordHash;
  await assert.rejects(
    methods.getRecord(args[0]).call({}, receipt.blockNumber - 1n),
    refusedFor(refusals.unknown),
  );
  const total = await methods.getTotalRecords().call({}, receipt.blockNumber);
  assert.equal(await methods.getTotalRecords().call({}, receipt.blockNumber - 1n), total - 1n);
  assert.equal(await web3.eth.getTransactionCount(doctor, 0n), 0n);
  assert.equal(await web3.eth.getBalance(doctor, 0n), 10n ** 22n);
});

test("an unknown block, transaction and receipt are absent, not errors", async () => {
  const none = "0x" + "ab".repeat(32);
  // web3.js makes an error of its own of some of these.
  for (const ask of [
    web3.eth.getBlock(none),
    web3.eth.getTransaction(none),
    web3.eth.getTransactionReceipt(none),
  ]) {
    const answer = await ask.catch((e) => (/not found/i.test(e.message) ? null : e));
    assert.equal(answer ?? null, null);
  }
});
