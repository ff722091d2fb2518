// Unknown and waiting transactions have no receipt: null.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["0x0000000000000000000000000000000000000000000000000000000000000001"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getTransactionReceipt","params":["0xd037aabbde6cd788658be513d87448794dbf441988448d359d7385e05a6ce8e9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
