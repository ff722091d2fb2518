// It takes no parameters.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getEvidence","params":[1]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"too many arguments, want at most 0"}}
