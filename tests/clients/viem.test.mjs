// viem against a running node.
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

const viem = load("viem");
const { privateKeyToAccount, generatePrivateKey } = load("viem/accounts");
const people = peopleOf("viem");
const chain = viem.defineChain({
  id: devnet.chainId,
  name: "devnet",
  nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  rpcUrls: { default: { http: [url] } },
});
const pollingInterval = 50;
const transport = viem.http(url, { retryCount: 0 });
const client = viem.createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 });
const walletOf = (account, t = transport) =>
  viem.createWalletClient({ account, chain, transport: t, pollingInterval });
const doctor = walletOf(privateKeyToAccount(people.doctor.privateKey));
const stranger = walletOf(privateKeyToAccount(people.stranger.privateKey));
const unlocked = walletOf(people.helper.address);
const deployed = {};

const mined = (hash) => client.waitForTransactionReceipt({ hash, pollingInterval });
const on = (name, functionName, args, more = {}) => ({
  ...deployed[name],
  functionName,
  args,
  ...more,
});
const read = (name, functionName, args, more) =>
  client.readContract(on(name, functionName, args, more));
async function write(args = recordArgs(), wallet = doctor) {
  return {
    args,
    receipt: await mined(await wallet.writeContract(on("MedicalRecordHash", "createRecord", args))),
  };
}
const refusedFor = (reason) => (e) => {
  const revert = e.walk((x) => x instanceof viem.ContractFunctionRevertedError);
  assert.equal(revert?.reason, reason, e.message);
  return true;
};

test("connects and learns the chain id", async () => {
  assert.equal(await client.getChainId(), devnet.chainId);
});

test("reads blocks", async () => {
  const latest = await client.getBlock();
  assert.equal(latest.baseFeePerGas, 0n);
  assert.equal((await client.getBlock({ blockHash: latest.hash })).number, latest.number);
  for (const blockTag of ["safe", "finalized", "pending"])
    await client.getBlock({ blockTag, includeTransactions: true });
  assert.equal((await client.getBlock({ blockTag: "earliest" })).number, 0n);
  await assert.rejects(client.getBlock({ blockNumber: 10n ** 12n }), viem.BlockNotFoundError);
});

test("sends a plain transfer and sees the balance move", async () => {
  const to = privateKeyToAccount(generatePrivateKey()).address;
  const receipt = await mined(await doctor.sendTransaction({ to, value: 99n }));
  assert.equal(receipt.status, "success");
  assert.equal(receipt.type, "eip1559");
  assert.equal(receipt.gasUsed, 21000n);
  assert.equal(receipt.effectiveGasPrice, 0n);
  assert.equal(await client.getBalance({ address: to }), 99n);
  assert.equal(
    (await client.getTransaction({ hash: receipt.transactionHash })).blockHash,
    receipt.blockHash,
  );
});

for (const name of modules) {
  test(`deploys ${name} by its artifact`, async () => {
    const { abi, bytecode, deployedBytecode } = artifact(name);
    const { contractAddress } = await mined(await doctor.deployContract({ abi, bytecode }));
    assert.equal(await client.getCode({ address: contractAddress }), deployedBytecode);
    deployed[name] = { address: contractAddress, abi };
  });
}

test("writes and reads a record as a struct", async () => {
  const { args, receipt } = await write();
  const { timestamp } = await client.getBlock({ blockNumber: receipt.blockNumber });
  assert.deepEqual(await read("MedicalRecordHash", "getRecord", [args[0]]), {
    patientId: args[1],
    doctorId: args[2],
    recordType: args[3],
    hashValue: args[4],
    timestamp,
    creator: doctor.account.address,
    isActive: true,
  });
});

test("writes and reads on AccessControl and DrugTrace", async () => {
  const grant = grantArgs(people.helper.address),
    item = itemArgs();
  await mined(await doctor.writeContract(on("AccessControl", "grantAccess", grant)));
  await mined(await doctor.writeContract(on("DrugTrace", "createItem", item)));
  assert.equal(await read("AccessControl", "hasAccess", [grant[0], people.helper.address]), true);
  const status = await read("DrugTrace", "getItemStatus", [item[0]]);
  assert.deepEqual([status.state, status.usable, status.owner], [1, true, doctor.account.address]);
});

test("simulates a write before it sends it", async () => {
  const args = recordArgs();
  const { request } = await client.simulateContract(
    on("MedicalRecordHash", "createRecord", args, { account: doctor.account }),
  );
  assert.equal((await mined(await doctor.writeContract(request))).status, "success");
  const item = itemArgs();
  const { result } = await client.simulateContract(
    on("DrugTrace", "createItem", item, { account: doctor.account }),
  );
  assert.equal(result, undefined);
});

test("a failing call says why: eth_call, eth_estimateGas, and when mined", async () => {
  const { args } = await write();
  const cases = [
    [doctor, args, refusals.twice],
    [doctor, ["", ...args.slice(1)], refusals.emptyId],
    [stranger, recordArgs(), refusals.noRole],
  ];
  for (const [wallet, a, reason] of cases) {
    const call = on("MedicalRecordHash", "createRecord", a, { account: wallet.account });
    await assert.rejects(client.simulateContract(call), refusedFor(reason));
    await assert.rejects(client.estimateContractGas(call), (e) => e.message.includes(reason));
    const receipt = await mined(await wallet.writeContract({ ...call, gas: 300000n }));
    assert.equal(receipt.status, "reverted");
    assert.equal(
      (await rpc("eth_getTransactionReceipt", receipt.transactionHash)).revertReason,
      reason,
    );
  }
  await assert.rejects(
    read("MedicalRecordHash", "getRecord", [freshId("none")]),
    refusedFor(refusals.unknown),
  );
});

test("watches events by polling, and gets them again", async () => {
  const args = recordArgs(),
    heard = [];
  const stop = client.watchContractEvent({
    ...deployed.MedicalRecordHash,
    eventName: "RecordCreated",
    args: { recordId: args[0] },
    pollingInterval,
    onLogs: (logs) => heard.push(...logs),
  });
  await new Promise((r) => setTimeout(r, 300));
  await write();
  const { receipt } = await write(args);
  await eventually(() => heard.length > 0, "the event");
  stop();
  assert.equal(heard.length, 1);
  assert.equal(heard[0].transactionHash, receipt.transactionHash);
  assert.equal(heard[0].args.hashValue, args[4]);
  const again = await client.getContractEvents({
    ...deployed.MedicalRecordHash,
    eventName: "RecordCreated",
    args: { recordId: [args[0], "other"] },
    fromBlock: receipt.blockNumber,
  });
  assert.deepEqual(
    again.map((l) => l.logIndex),
    [heard[0].logIndex],
  );
});

test("watches block numbers and pending transactions", async () => {
  const numbers = [],
    pending = [];
  const stops = [
    client.watchBlockNumber({ pollingInterval, onBlockNumber: (n) => numbers.push(n) }),
    client.watchPendingTransactions({ pollingInterval, onTransactions: (h) => pending.push(...h) }),
  ];
  await new Promise((r) => setTimeout(r, 200));
  const { receipt } = await write();
  await eventually(
    () => numbers.includes(receipt.blockNumber) && pending.includes(receipt.transactionHash),
    "both",
  );
  stops.forEach((stop) => stop());
});

test("batches and multiplexes requests", async () => {
  const batching = viem.createPublicClient({
    chain,
    transport: viem.http(url, { batch: { batchSize: 200, wait: 20 } }),
  });
  const got = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      batching.getStorageAt({
        address: deployed.DrugTrace.address,
        slot: viem.toHex(i, { size: 32 }),
      }),
    ),
  );
  assert.deepEqual(new Set(got), new Set(["0x" + "00".repeat(32)]));
});

test("twenty sends in parallel take twenty nonces in a row", async () => {
  const { nonceManager } = load("viem/nonce");
  const account = privateKeyToAccount(people.doctor.privateKey, { nonceManager });
  const first = await client.getTransactionCount({ address: account.address });
  const hashes = await Promise.all(
    Array.from({ length: 20 }, () =>
      doctor.writeContract(
        on("MedicalRecordHash", "createRecord", recordArgs(), { account, gas: 300000n }),
      ),
    ),
  );
  const receipts = await Promise.all(hashes.map(mined));
  assert.ok(receipts.every((r) => r.status === "success"));
  assert.equal(await client.getTransactionCount({ address: account.address }), first + 20);
});

test("an unlocked account sends and signs", async () => {
  const address = people.helper.address;
  assert.ok((await unlocked.getAddresses()).includes(address));
  const { args } = await write(recordArgs(), unlocked);
  assert.equal((await read("MedicalRecordHash", "getRecord", [args[0]])).creator, address);
  const message = "consent given";
  assert.ok(
    await viem.verifyMessage({
      address,
      message,
      signature: await unlocked.signMessage({ message }),
    }),
  );
  const typed = { ...typedData, message: { ...typedData.message, until: 4000000000n } };
  assert.ok(
    await viem.verifyTypedData({
      address,
      ...typed,
      signature: await unlocked.signTypedData(typed),
    }),
  );
});

test("pool refusals arrive as the classes that viem knows", async () => {
  const to = people.helper.address,
    nonce = await client.getTransactionCount({ address: doctor.account.address });
  const refused = (kind) => (e) =>
    e.walk((x) => x instanceof kind) !== null || assert.fail(e.message);
  await assert.rejects(
    doctor.sendTransaction({ to, gas: 21000n, nonce: nonce - 1 }),
    refused(viem.NonceTooLowError),
  );
  await assert.rejects(
    doctor.sendTransaction({ to, gas: 21000n, nonce: nonce + 100000 }),
    refused(viem.NonceTooHighError),
  );
  await assert.rejects(
    doctor.sendTransaction({ to, gas: 21000n, value: 10n ** 30n }),
    refused(viem.InsufficientFundsError),
  );
  await assert.rejects(
    doctor.sendTransaction({ to, gas: 20000n }),
    refused(viem.IntrinsicGasTooLowError),
  );
});

test("everything is free", async () => {
  assert.equal(await client.getGasPrice(), 0n);
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
  assert.deepEqual([maxFeePerGas, maxPriorityFeePerGas], [0n, 0n]);
  const history = await client.getFeeHistory({ blockCount: 3, rewardPercentiles: [50] });
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
});

test("the past can be read", async () => {
  const { args, receipt } = await write();
  const blockNumber = receipt.blockNumber - 1n;
  await assert.rejects(
    read("MedicalRecordHash", "getRecord", [args[0]], { blockNumber }),
    refusedFor(refusals.unknown),
  );
  const total = await read("MedicalRecordHash", "getTotalRecords", []);
  assert.ok((await read("MedicalRecordHash", "getTotalRecords", [], { blockNumber })) < total);
  assert.equal(
    await client.getTransactionCount({ address: doctor.account.address, blockNumber: 0n }),
    0,
  );
});

test("one round trip from transaction to receipt (EIP-7966)", async () => {
  const request = await doctor.prepareTransactionRequest({ to: people.helper.address, value: 1n });
  const receipt = await rpc("eth_sendRawTransactionSync", await doctor.signTransaction(request));
  assert.equal(receipt.status, "0x1");
});
