// A block to come is null.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["0x3",false]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["0xffffffffffffffff",false]}
<< {"jsonrpc":"2.0","id":1,"result":null}
