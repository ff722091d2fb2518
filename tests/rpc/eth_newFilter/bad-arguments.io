// As eth_getLogs; a block hash makes no sense.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[{"fromBlock":"0x2","toBlock":"0x1"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid block range params"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[{"blockHash":"0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: blockHash: a filter is for blocks to come; use eth_getLogs"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[7]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a filter object"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 0"}}
