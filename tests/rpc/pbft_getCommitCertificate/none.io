// Block 0 and blocks to come have none.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getCommitCertificate","params":["0x0"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getCommitCertificate","params":["0x9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
