// EIP-1898 objects are checked.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[{}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: block object has neither blockHash nor blockNumber"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[{"blockHash":"0x57045d976f9be6ef0514b31445ff2e844c348b18739218690d0be35128a154a0","blockNumber":"0x1"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: cannot specify both BlockHash and BlockNumber, choose one or the other"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[{"blockHash":"0x12"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: hex string has length 2, want 64 for hash"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[{"blockHash":"0x57045d976f9be6ef0514b31445ff2e844c348b18739218690d0be35128a154a0","requireCanonical":"yes"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: requireCanonical must be a boolean"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[[]]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a block number or tag, got an array"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":[true]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a block number or tag, got a boolean"}}
