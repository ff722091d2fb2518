// A hash has 32 bytes.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["0x"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: hex string has length 0, want 64 for hash"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":[7]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a hex string, got a number"}}
