// The block must be named well.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getValidatorsByBlockNumber","params":["x"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: neither a block tag nor a number: hex text does not start with 0x"}}
