// Blocks of a range, both ends included; block 0 was signed by nobody.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["earliest","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":{"from":"0x0","to":"0x2","validators":[{"account":"0x7700000000000000000000000000000000000001","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000","blocks":"0x2","proposed":"0x1","signed":"0x1","missed":"0x1"}]}}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x1","0x2"]}
<< {"jsonrpc":"2.0","id":1,"result":{"from":"0x1","to":"0x2","validators":[{"account":"0x7700000000000000000000000000000000000001","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000","blocks":"0x2","proposed":"0x1","signed":"0x1","missed":"0x1"}]}}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x2","0x2"]}
<< {"jsonrpc":"2.0","id":1,"result":{"from":"0x2","to":"0x2","validators":[{"account":"0x7700000000000000000000000000000000000001","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000","blocks":"0x1","proposed":"0x1","signed":"0x0","missed":"0x1"}]}}
