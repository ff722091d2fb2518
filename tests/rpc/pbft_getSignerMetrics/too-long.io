// No more than 10000 blocks at once.
## head 20000
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x1","0x2711"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"want a range of 1 to 10000 blocks, the lower first"}}
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getSignerMetrics","params":["0x1","0x2710"]}
<< {"jsonrpc":"2.0","id":1,"result":{"from":"0x1","to":"0x2710","validators":[{"account":"0x7700000000000000000000000000000000000001","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000","blocks":"0x2710","proposed":"0x1","signed":"0x270f","missed":"0x1"}]}}
