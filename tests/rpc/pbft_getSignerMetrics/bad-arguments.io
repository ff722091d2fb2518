// The range must not be upside down.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x2","0x1"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"want a range of 1 to 10000 blocks, the lower first"}}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x2"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 1"}}
