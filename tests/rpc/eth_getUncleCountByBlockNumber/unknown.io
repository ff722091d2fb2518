// An unknown block is null.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getUncleCountByBlockNumber","params":["0x99"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
