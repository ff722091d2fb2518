// At the newest block, a number, a tag, a hash and an EIP-1898 object.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionCount","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x3"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionCount","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x3"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionCount","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","pending"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x4"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionCount","params":["0xcccccccccccccccccccccccccccccccccccccc02","pending"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x0"}
