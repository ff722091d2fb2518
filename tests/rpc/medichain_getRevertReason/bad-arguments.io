// A hash has 32 bytes.
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRevertReason","params":["0x1"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: hex string has length 1, want 64 for hash"}}
