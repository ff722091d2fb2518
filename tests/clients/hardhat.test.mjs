// Hardhat's network connection to a running node, with the ethers plugin: the way that existing deploy scripts go.
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { artifact, devnet, load, receiptOf, rpc, url } from "./lib/node.mjs";
import {
  grantArgs,
  itemArgs,
  modules,
  peopleOf,
  recordArgs,
  refusals,
  typedData,
} from "./lib/story.mjs";

// A project as a user has it: a configuration file and the published artifacts.
const project = mkdtempSync(join(tmpdir(), "medichain-hardhat-"));
process.on("exit", () => rmSync(project, { recursive: true, force: true }));
for (const name of modules) {
  const dir = join(project, "artifacts", "contracts", `${name}.sol`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(artifact(name)));
}
writeFileSync(join(project, "package.json"), "{}");
writeFileSync(
  join(project, "hardhat.config.js"),
  `
require(${JSON.stringify(load.resolve("@nomicfoundation/hardhat-ethers"))});
module.exports = {
  solidity: "0.8.19",
  defaultNetwork: "devnet",
  networks: {
    devnet: { url: ${JSON.stringify(url)} },
    keyed: { url: ${JSON.stringify(url)}, chainId: ${devnet.chainId},
             accounts: [${JSON.stringify(peopleOf("hardhat").helper.privateKey)}] },
    wrong: { url: ${JSON.stringify(url)}, chainId: ${devnet.chainId + 1} },
  },
};
`,
);
process.chdir(project);
process.env.HARDHAT_CONFIG = join(project, "hardhat.config.js");
process.env.HARDHAT_DISABLE_TELEMETRY_PROMPT = "true";
const hre = load("hardhat");
const { ethers } = hre;
const people = peopleOf("hardhat");
const deployed = {};

/** The signer at an address, as getSigners gives it. */
async function signer(person) {
  const all = await ethers.getSigners();
  return (
    all.find((s) => s.address === person.address) ?? assert.fail(`no signer ${person.address}`)
  );
}

/** The provider of another network of the configuration. */
async function connect(name) {
  const { createProvider } = load("hardhat/internal/core/providers/construction");
  return createProvider(hre.config, name, hre.artifacts);
}

test("the network connection knows the chain", async () => {
  assert.equal(hre.network.name, "devnet");
  assert.equal(
    await hre.network.provider.send("eth_chainId", []),
    ethers.toQuantity(devnet.chainId),
  );
  assert.equal((await ethers.provider.getBlock("latest")).baseFeePerGas, 0n);
});

test("a configuration for another chain is refused", async () => {
  const provider = await connect("wrong");
  await assert.rejects(provider.request({ method: "eth_accounts" }), /chain/i);
});

test("getSigners lists the unlocked accounts in order", async () => {
  const all = await ethers.getSigners();
  assert.deepEqual(
    all.map((s) => s.address),
    devnet.accounts.map((a) => a.address),
  );
});

test("sends a plain transfer", async () => {
  const doctor = await signer(people.doctor),
    to = ethers.Wallet.createRandom().address;
  const receipt = await (await doctor.sendTransaction({ to, value: 5n })).wait();
  assert.equal(receipt.status, 1);
  assert.equal(await ethers.provider.getBalance(to), 5n);
});

for (const name of modules) {
  test(`deploys ${name} from the project's artifacts`, async () => {
    const factory = await ethers.getContractFactory(name, await signer(people.doctor));
    const contract = await factory.deploy();
    await contract.waitForDeployment();
    assert.equal(await contract.getDeployedCode(), artifact(name).deployedBytecode);
    deployed[name] = contract;
  });
}

test("deployContract and getContractAt work", async () => {
  const doctor = await signer(people.doctor);
  const contract = await ethers.deployContract("DrugTrace", [], doctor);
  await contract.waitForDeployment();
  const again = await ethers.getContractAt("DrugTrace", await contract.getAddress(), doctor);
  assert.equal(await again.getTotalItems(), 0n);
});

test("writes and reads on all three", async () => {
  const doctor = await signer(people.doctor),
    record = recordArgs(),
    item = itemArgs();
  const grant = grantArgs(people.helper.address);
  await (await deployed.MedicalRecordHash.createRecord(...record)).wait();
  await (await deployed.DrugTrace.createItem(...item)).wait();
  await (await deployed.AccessControl.grantAccess(...grant)).wait();
  const got = await deployed.MedicalRecordHash.getRecord(record[0]);
  assert.deepEqual(
    [got.patientId, got.hashValue, got.creator, got.isActive],
    [record[1], record[4], doctor.address, true],
  );
  assert.equal((await deployed.DrugTrace.getItem(item[0])).currentOwner, doctor.address);
  assert.equal(
    (await deployed.AccessControl.getAccessGrant(grant[0])).grantee,
    people.helper.address,
  );
});

test("a failing call says why, before and after it is mined", async () => {
  const stranger = await signer(people.stranger);
  const args = recordArgs();
  await (await deployed.MedicalRecordHash.createRecord(...args)).wait();
  for (const [contract, a, reason] of [
    [deployed.MedicalRecordHash, args, refusals.twice],
    [deployed.MedicalRecordHash.connect(stranger), recordArgs(), refusals.noRole],
  ]) {
    const said = (e) => e.message.includes(reason) || assert.fail(e.message);
    await assert.rejects(contract.createRecord.staticCall(...a), said);
    await assert.rejects(contract.createRecord.estimateGas(...a), said);
    await assert.rejects(contract.createRecord(...a), said);
    const tx = await contract.createRecord(...a, { gasLimit: 300000n });
    await assert.rejects(tx.wait(), { code: "CALL_EXCEPTION" });
    const receipt = await rpc("eth_getTransactionReceipt", tx.hash);
    assert.deepEqual([receipt.status, receipt.revertReason], ["0x0", reason]);
  }
});

test("finds events", async () => {
  const args = recordArgs(),
    contract = deployed.MedicalRecordHash;
  const receipt = await (await contract.createRecord(...args)).wait();
  const found = await contract.queryFilter(
    contract.filters.RecordCreated(args[0]),
    receipt.blockNumber,
  );
  assert.deepEqual(
    found.map((e) => e.args.doctorId),
    [args[2]],
  );
});

test("a private key in the configuration signs locally", async () => {
  const provider = await connect("keyed");
  const [from] = await provider.request({ method: "eth_accounts" });
  assert.equal(from, people.helper.address.toLowerCase());
  const data = deployed.MedicalRecordHash.interface.encodeFunctionData(
    "createRecord",
    recordArgs(),
  );
  const hash = await provider.request({
    method: "eth_sendTransaction",
    params: [{ from, to: await deployed.MedicalRecordHash.getAddress(), data }],
  });
  assert.equal((await receiptOf(hash)).status, "0x1");
});

test("twenty sends in parallel take twenty nonces in a row", async () => {
  const helper = await signer(people.helper);
  const first = await helper.getNonce();
  const all = await Promise.all(
    Array.from({ length: 20 }, () =>
      deployed.MedicalRecordHash.connect(helper).createRecord(...recordArgs(), {
        gasLimit: 300000n,
      }),
    ),
  );
  const receipts = await Promise.all(all.map((tx) => tx.wait()));
  assert.ok(receipts.every((r) => r.status === 1));
  assert.equal(await helper.getNonce(), first + 20);
});

test("signs messages and typed data with an unlocked account", async () => {
  const doctor = await signer(people.doctor);
  assert.equal(
    ethers.verifyMessage("consent given", await doctor.signMessage("consent given")),
    doctor.address,
  );
  const { Person, Consent } = typedData.types;
  const signature = await doctor.signTypedData(
    typedData.domain,
    { Person, Consent },
    typedData.message,
  );
  assert.equal(
    ethers.verifyTypedData(typedData.domain, { Person, Consent }, typedData.message, signature),
    doctor.address,
  );
});
