// What every client does and must see: the same records, the same refusals.  Each suite has accounts of its own, so that
// none takes a nonce that another counted on.
import { randomBytes } from "node:crypto";
import { devnet } from "./node.mjs";

const suites = ["ethers", "web3", "viem", "hardhat", "verify", "web3py"];

/** `doctor` and `helper` hold every role, `stranger` none. */
export function peopleOf(suite) {
  const i = suites.indexOf(suite);
  if (i < 0) throw new Error(`no accounts set aside for ${suite}`);
  // Ten accounts with roles for six suites: the last two share theirs with nobody else but have no helper.
  const doctor = devnet.accounts[i < 4 ? 2 * i : 4 + i];
  const helper = devnet.accounts[i < 4 ? 2 * i + 1 : 4 + i];
  return { doctor, helper, stranger: devnet.accounts[10 + i] };
}

export const modules = ["AccessControl", "MedicalRecordHash", "DrugTrace"];

let count = 0;
const run = randomBytes(4).toString("hex");
/** An identifier that no other test used. */
export const freshId = (kind) => `${kind}-${run}-${++count}`;

/** Arguments of createRecord. */
export function recordArgs(id = freshId("rec")) {
  return [id, `patient/${run}`, "doctor/7", "DiagnosticReport", "sha256:" + "5e".repeat(32)];
}

/** Arguments of createItem. */
export function itemArgs(id = freshId("item")) {
  return [
    id,
    "Amoxicillin 500 mg",
    "20 tablets",
    "Maker AG",
    "B-17",
    1700000000n,
    4000000000n,
    "drug",
  ];
}

/** Arguments of grantAccess. */
export const grantArgs = (grantee, id = freshId("grant")) => [
  id,
  grantee,
  "rec-1",
  "Observation",
  3600n,
];

export const refusals = {
  emptyId: "Record ID cannot be empty",
  twice: "Record already exists",
  unknown: "Record does not exist",
  noRole: "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|AUDITOR",
};

export const typedData = {
  domain: {
    name: "Consent",
    version: "1",
    chainId: devnet.chainId,
    verifyingContract: "0x" + "11".repeat(20),
  },
  types: {
    Person: [
      { name: "name", type: "string" },
      { name: "wallet", type: "address" },
    ],
    Consent: [
      { name: "from", type: "Person" },
      { name: "purposes", type: "string[]" },
      { name: "until", type: "uint64" },
      { name: "salt", type: "bytes32" },
    ],
  },
  primaryType: "Consent",
  message: {
    from: { name: "P-17", wallet: "0x" + "22".repeat(20) },
    purposes: ["TREAT", "HPAYMT"],
    until: 4000000000,
    salt: "0x" + "33".repeat(32),
  },
};
