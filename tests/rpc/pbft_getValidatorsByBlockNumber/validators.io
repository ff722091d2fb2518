// Account and key of each.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getValidatorsByBlockNumber","params":["latest"]}
<< {"jsonrpc":"2.0","id":1,"result":[{"account":"0x7700000000000000000000000000000000000001","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000"}]}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getValidatorsByBlockNumber","params":["0x0"]}
<< {"jsonrpc":"2.0","id":1,"result":[{"account":"0x7700000000000000000000000000000000000001","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000"}]}
