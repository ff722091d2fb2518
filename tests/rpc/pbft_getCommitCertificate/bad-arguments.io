// The block must be named well.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getCommitCertificate","params":[1]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a block number or tag, got a number"}}
