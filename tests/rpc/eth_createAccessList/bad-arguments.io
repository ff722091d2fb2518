// As eth_call.
>> {"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{},"0x9"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[7]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a transaction object"}}
