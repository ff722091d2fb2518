// Unknown and pending blocks have none.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":["0x9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":["0x0000000000000000000000000000000000000000000000000000000000000001"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":["pending"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
