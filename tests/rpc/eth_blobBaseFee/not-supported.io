// There are no blobs here: an error with words.
>> {"jsonrpc":"2.0","id":1,"method":"eth_blobBaseFee","params":[]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"blob transactions are not supported on this chain"}}
