// A slot has 1 to 64 digits.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 1"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: storage slot without 0x prefix or digits"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","7"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: storage slot without 0x prefix or digits"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x000000000000000000000000000000000000000000000000000000000000000000"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: storage slot is longer than 32 bytes"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0xg"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: storage slot has a character that is no hex digit"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02",7]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: want a hex string, got a number"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x0","0x9"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}
