// Null.
>> {"jsonrpc":"2.0","id":1,"method":"debug_getRawBlock","params":["0x9"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
