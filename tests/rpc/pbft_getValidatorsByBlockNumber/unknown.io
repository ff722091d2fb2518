// Null.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getValidatorsByBlockNumber","params":["0x9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
