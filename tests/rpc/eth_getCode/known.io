// At the newest block, a number, a tag, a hash and an EIP-1898 object.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getCode","params":["0xcccccccccccccccccccccccccccccccccccccc02"]}
<< {"jsonrpc":"2.0","id":1,"result":"0xef4e4d0146616b65"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getCode","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getCode","params":["0xcccccccccccccccccccccccccccccccccccccc02","earliest"]}
<< {"jsonrpc":"2.0","id":1,"result":"0xef4e4d0146616b65"}
