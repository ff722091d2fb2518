// Null.
>> {"jsonrpc":"2.0","id":1,"method":"debug_getRawReceipts","params":["0x9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
