// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.19;

// What createRecord of MedicalRecordHash does, as a contract: one record by id, the list of all ids, one event.  The
// native module does more (roles, indexes by patient, doctor and hash); this is the least that serves the same client.
contract MedicalRecordHash {
    struct MedicalRecord {
        string patientId;
        string doctorId;
        string recordType;
        string hashValue;
        uint256 timestamp;
        address creator;
        bool isActive;
    }

    mapping(string => MedicalRecord) private records;
    string[] public recordIds;

    event RecordCreated(string indexed recordId, string patientId, string doctorId, string recordType, string hashValue);

    function createRecord(
        string calldata recordId,
        string calldata patientId,
        string calldata doctorId,
        string calldata recordType,
        string calldata hashValue
    ) external {
        require(bytes(recordId).length > 0, "Record ID cannot be empty");
        require(bytes(patientId).length > 0, "Patient ID cannot be empty");
        require(bytes(doctorId).length > 0, "Doctor ID cannot be empty");
        require(bytes(hashValue).length > 0, "Hash value cannot be empty");
        require(records[recordId].timestamp == 0, "Record already exists");
        records[recordId] =
            MedicalRecord(patientId, doctorId, recordType, hashValue, block.timestamp, msg.sender, true);
        recordIds.push(recordId);
        emit RecordCreated(recordId, patientId, doctorId, recordType, hashValue);
    }

    function getRecord(string calldata recordId) external view returns (MedicalRecord memory) {
        require(records[recordId].timestamp != 0, "Record does not exist");
        return records[recordId];
    }

    function getTotalRecords() external view returns (uint256) {
        return recordIds.length;
    }
}
