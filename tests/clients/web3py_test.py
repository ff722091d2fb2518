"""web3.py against a running node.  `run` sets DEVNET and ARTIFACTS, as for the other suites."""

import json
import os
import secrets
import sys
import time
import unittest

from eth_account.messages import encode_defunct
from web3 import Web3
from web3.exceptions import BlockNotFound, ContractLogicError, TransactionNotFound, Web3RPCError

with open(os.path.join(os.environ["DEVNET"], "devnet.json"), encoding="utf8") as f:
    DEVNET = json.load(f)
# Accounts that no other suite uses: 9 holds every role, 15 none.
DOCTOR, STRANGER = DEVNET["accounts"][9], DEVNET["accounts"][15]
NO_ROLE = "Missing role: ADMIN|DOCTOR|NURSE|PHARMACIST|LAB_TECHNICIAN|AUDITOR"
RUN = secrets.token_hex(4)
w3 = Web3(Web3.HTTPProvider(DEVNET["rpc"][0]))
counter = iter(range(1, 1_000_000))


def artifact(name):
    with open(os.path.join(os.environ["ARTIFACTS"], name + ".json"), encoding="utf8") as f:
        return json.load(f)


def record_args():
    return [
        f"py-{RUN}-{next(counter)}",
        "patient/1",
        "doctor/7",
        "DiagnosticReport",
        "sha256:" + "5e" * 32,
    ]


def mined(tx_hash):
    return w3.eth.wait_for_transaction_receipt(tx_hash, timeout=20, poll_latency=0.02)


def signed(call, account=DOCTOR, **more):
    """Signs locally and sends; the receipt."""
    address = account["address"]
    tx = call.build_transaction(
        {"from": address, "nonce": w3.eth.get_transaction_count(address, "pending"), **more}
    )
    raw = w3.eth.account.sign_transaction(tx, account["privateKey"]).raw_transaction
    return mined(w3.eth.send_raw_transaction(raw))


class Web3Py(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contracts = {}
        for name in ("AccessControl", "MedicalRecordHash", "DrugTrace"):
            a = artifact(name)
            factory = w3.eth.contract(abi=a["abi"], bytecode=a["bytecode"])
            receipt = signed(factory.constructor())
            if w3.eth.get_code(receipt["contractAddress"]).to_0x_hex() != a["deployedBytecode"]:
                raise AssertionError(f"code of {name}")
            cls.contracts[name] = w3.eth.contract(address=receipt["contractAddress"], abi=a["abi"])
        cls.records = cls.contracts["MedicalRecordHash"]

    def write(self):
        args = record_args()
        return args, signed(self.records.functions.createRecord(*args))

    def test_connects_and_learns_the_chain_id(self):
        self.assertTrue(w3.is_connected())
        self.assertEqual(w3.eth.chain_id, DEVNET["chainId"])
        self.assertEqual(w3.net.version, str(DEVNET["chainId"]))

    def test_reads_blocks_without_middleware(self):
        latest = w3.eth.get_block("latest", full_transactions=True)
        self.assertLessEqual(len(latest["extraData"]), 32)
        self.assertEqual(w3.eth.get_block(latest["hash"])["number"], latest["number"])
        self.assertEqual(w3.eth.get_block("earliest")["number"], 0)
        self.assertRaises(BlockNotFound, w3.eth.get_block, 10**9)
        self.assertRaises(TransactionNotFound, w3.eth.get_transaction, "0x" + "ab" * 32)
        self.assertRaises(TransactionNotFound, w3.eth.get_transaction_receipt, "0x" + "ab" * 32)

    def test_sends_a_transfer_from_an_unlocked_account(self):
        to = w3.eth.account.create().address
        receipt = mined(w3.eth.send_transaction({"from": DOCTOR["address"], "to": to, "value": 5}))
        self.assertEqual(
            (receipt["status"], receipt["gasUsed"], receipt["effectiveGasPrice"]), (1, 21000, 0)
        )
        self.assertEqual(w3.eth.get_balance(to), 5)

    def test_writes_and_reads_a_record_as_a_struct(self):
        args, receipt = self.write()
        got = self.records.functions.getRecord(args[0]).call()
        when = w3.eth.get_block(receipt["blockNumber"])["timestamp"]
        self.assertEqual(tuple(got), (*args[1:], when, DOCTOR["address"], True))

    def test_writes_and_reads_on_the_other_two(self):
        grant, item = record_args()[0], record_args()[0]
        access, drugs = (
            self.contracts["AccessControl"].functions,
            self.contracts["DrugTrace"].functions,
        )
        signed(access.grantAccess(grant, STRANGER["address"], "rec-1", "Observation", 3600))
        signed(
            drugs.createItem(
                item, "Amoxicillin", "", "Maker AG", "B-17", 1700000000, 4000000000, "drug"
            )
        )
        self.assertTrue(access.hasAccess(grant, STRANGER["address"]).call())
        self.assertEqual([t[5] for t in drugs.getTraceRecords(item).call()], ["PRODUCTION"])

    def test_a_failing_call_says_why(self):
        args, _ = self.write()
        create = self.records.functions.createRecord
        cases = [
            (args, DOCTOR, "Record already exists"),
            (["", *args[1:]], DOCTOR, "Record ID cannot be empty"),
            (record_args(), STRANGER, NO_ROLE),
        ]
        for a, who, reason in cases:
            sender = {"from": who["address"]}
            for ask in (create(*a).call, create(*a).estimate_gas):
                with self.assertRaises(ContractLogicError) as caught:
                    ask(sender)
                self.assertIn(reason, str(caught.exception))
            receipt = signed(create(*a), who, gas=300000)
            self.assertEqual((receipt["status"], receipt["revertReason"]), (0, reason))

    def test_hears_events_by_polling(self):
        event = self.records.events.RecordCreated
        log_filter = event.create_filter(from_block="latest")
        args, receipt = self.write()
        heard, end = [], time.monotonic() + 5
        while not heard and time.monotonic() < end:
            heard = [
                e
                for e in log_filter.get_new_entries()
                if e["transactionHash"] == receipt["transactionHash"]
            ]
        self.assertEqual(heard[0]["args"]["hashValue"], args[4])
        # argument_filters of get_logs would send an indexed string unhashed; the builder hashes it.
        builder = event.build_filter()
        builder.from_block = receipt["blockNumber"]
        builder.args.recordId.match_single(args[0])
        again = builder.deploy(w3).get_all_entries()
        self.assertEqual([e["args"]["patientId"] for e in again], [args[1]])
        self.assertEqual(event().process_receipt(receipt)[0]["args"]["doctorId"], args[2])

    def test_batches_requests(self):
        with w3.batch_requests() as batch:
            for account in DEVNET["accounts"]:
                batch.add(w3.eth.get_balance(account["address"], 0))
            self.assertEqual(set(batch.execute()), {10**22})

    def test_twenty_sends_take_twenty_nonces_in_a_row(self):
        first = w3.eth.get_transaction_count(DOCTOR["address"])
        call = self.records.functions.createRecord
        raws = [
            w3.eth.account.sign_transaction(
                call(*record_args()).build_transaction(
                    {
                        "from": DOCTOR["address"],
                        "nonce": first + i,
                        "gas": 300000,
                        "maxFeePerGas": 0,
                        "maxPriorityFeePerGas": 0,
                    }
                ),
                DOCTOR["privateKey"],
            ).raw_transaction
            for i in range(20)
        ]
        hashes = [w3.eth.send_raw_transaction(raw) for raw in reversed(raws)]
        self.assertTrue(all(mined(h)["status"] == 1 for h in hashes))
        self.assertEqual(w3.eth.get_transaction_count(DOCTOR["address"]), first + 20)

    def test_an_unlocked_account_signs(self):
        signature = w3.eth.sign(DOCTOR["address"], text="consent given")
        who = w3.eth.account.recover_message(
            encode_defunct(text="consent given"), signature=signature
        )
        self.assertEqual(who, DOCTOR["address"])

    def test_everything_is_free(self):
        self.assertEqual((w3.eth.gas_price, w3.eth.max_priority_fee), (0, 0))
        self.assertEqual(w3.eth.fee_history(1, "latest", [50])["baseFeePerGas"], [0, 0])

    def test_the_past_can_be_read(self):
        args, receipt = self.write()
        before = receipt["blockNumber"] - 1
        with self.assertRaises(ContractLogicError) as caught:
            self.records.functions.getRecord(args[0]).call(block_identifier=before)
        self.assertIn("Record does not exist", str(caught.exception))
        total = self.records.functions.getTotalRecords()
        self.assertLess(
            total.call(block_identifier=before), total.call(block_identifier=receipt["blockNumber"])
        )
        self.assertEqual(w3.eth.get_transaction_count(DOCTOR["address"], 0), 0)

    def test_pool_refusals_keep_their_words(self):
        nonce = w3.eth.get_transaction_count(DOCTOR["address"])
        tx = {
            "to": STRANGER["address"],
            "value": 0,
            "gas": 21000,
            "maxFeePerGas": 0,
            "maxPriorityFeePerGas": 0,
            "chainId": DEVNET["chainId"],
            "nonce": nonce,
        }
        for change, words in (
            ({"nonce": nonce - 1}, "nonce too low"),
            ({"value": 10**30}, "insufficient funds"),
            ({"gas": 20999}, "intrinsic gas too low"),
            ({"chainId": 99}, "chain id"),
        ):
            raw = w3.eth.account.sign_transaction(
                {**tx, **change}, DOCTOR["privateKey"]
            ).raw_transaction
            with self.assertRaises(Web3RPCError) as caught:
                w3.eth.send_raw_transaction(raw)
            self.assertIn(words, str(caught.exception))


class Tap(unittest.TestResult):
    """Counts as node's runner does."""

    def __init__(self):
        super().__init__()
        self.passed = 0

    def say(self, ok, test, text=""):
        print(
            f"{'ok' if ok else 'not ok'} {self.testsRun} - {str(test).split()[0].removeprefix('test_').replace('_', ' ')}"
        )
        if text:
            print("  " + text.replace("\n", "\n  "))

    def addSuccess(self, test):
        self.passed += 1
        self.say(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say(False, test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.say(False, test, self.errors[-1][1])


if __name__ == "__main__":
    result = Tap()
    unittest.defaultTestLoader.loadTestsFromTestCase(Web3Py).run(result)
    print(
        f"# pass {result.passed}\n# fail {len(result.failures) + len(result.errors)}\n# skipped {len(result.skipped)}"
    )
    sys.exit(0 if result.wasSuccessful() else 1)
