// Keys are an array of slots.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getProof","params":["0xcccccccccccccccccccccccccccccccccccccc02"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 1"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getProof","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x7"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: want an array of storage keys"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getProof","params":["0xcccccccccccccccccccccccccccccccccccccc02",["x"],"latest"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: storage key 0: storage slot without 0x prefix or digits"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getProof","params":["0xcccccccccccccccccccccccccccccccccccccc02",["0x0"],"0x9"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}
