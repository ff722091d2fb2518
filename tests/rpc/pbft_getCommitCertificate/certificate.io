// Of a block above 0.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getCommitCertificate","params":["latest"]}
<< {"jsonrpc":"2.0","id":1,"result":{"round":"0x0"}}
