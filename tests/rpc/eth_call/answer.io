// What the call returned.
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02","data":"0x01"},"latest"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x000000000000000000000000000000000000000000000000000000000000002a"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"from":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","to":"0xcccccccccccccccccccccccccccccccccccccc02","input":"0x01","data":"0x01","gas":"0x5208","gasPrice":"0x0","value":"0x0","nonce":"0x3","chainId":"0x539"},"0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x000000000000000000000000000000000000000000000000000000000000002a"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"type":"0x2","maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1","accessList":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","storageKeys":["0x0000000000000000000000000000000000000000000000000000000000000001"]}]},{"blockHash":"0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f"}]}
<< {"jsonrpc":"2.0","id":1,"result":"0x000000000000000000000000000000000000000000000000000000000000002a"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":null}]}
<< {"jsonrpc":"2.0","id":1,"result":"0x000000000000000000000000000000000000000000000000000000000000002a"}
