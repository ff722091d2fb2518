// Null.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionByBlockHashAndIndex","params":["0x57045d976f9be6ef0514b31445ff2e844c348b18739218690d0be35128a154a0","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionByBlockHashAndIndex","params":["0x0000000000000000000000000000000000000000000000000000000000000001","0x0"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
