// A hash has 32 bytes.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockByHash","params":["0x01",false]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: hex string has length 2, want 64 for hash"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockByHash","params":["latest",false]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: hex string without 0x prefix"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockByHash","params":["0x57045d976f9be6ef0514b31445ff2e844c348b18739218690d0be35128a154a0",null]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 1"}}
