// The member is named.
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 0"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[[]]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a transaction object"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0xcc"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: to: hex string has length 2, want 40 for address"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02","gas":"1"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: gas: hex text does not start with 0x"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02","gas":1}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: gas: want a hex quantity string, got a number"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x01","input":"0x02"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: both data and input are set and not equal; use input to pass call data"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"gasPrice":"0x1","maxFeePerGas":"0x1"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x2"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: maxPriorityFeePerGas is higher than maxFeePerGas"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"type":"0x3"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: transaction type not supported"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"blobVersionedHashes":[]}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: transaction type not supported"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"authorizationList":[]}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: transaction type not supported"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"type":"0x0","accessList":[]}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: type: does not fit the fee and access list fields"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"chainId":"0x1"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: chainId does not match the node's (have=1, want=1337)"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"accessList":{}}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: accessList must be an array"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"accessList":[{"address":"0x1"}]}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: accessList: hex string has length 1, want 40 for address"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"accessList":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","storageKeys":["0x1"]}]}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: accessList: hex string has length 1, want 64 for hash"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"accessList":[7]}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: accessList entry is not an object"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"value":"0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: value: hex quantity is larger than 256 bits"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x0"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: data: hex string of odd length"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{},"x"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 1: neither a block tag nor a number: hex text does not start with 0x"}}
