// The slot as for eth_getStorageAt, and a block that exists.
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 1"}}
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02","7"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: storage slot without 0x prefix or digits"}}
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x1","0x9"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}
