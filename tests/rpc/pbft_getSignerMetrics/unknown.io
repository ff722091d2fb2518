// Blocks to come: null.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x1","0x9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x9","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
