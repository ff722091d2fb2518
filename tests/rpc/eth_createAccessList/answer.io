// The given list and the gas of the call.
>> {"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02","data":"0x01"},"latest"]}
<< {"jsonrpc":"2.0","id":1,"result":{"accessList":[],"gasUsed":"0x53d8"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"type":"0x2","maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1","accessList":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","storageKeys":["0x0000000000000000000000000000000000000000000000000000000000000001"]}]},{"blockHash":"0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f"}]}
<< {"jsonrpc":"2.0","id":1,"result":{"accessList":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","storageKeys":["0x0000000000000000000000000000000000000000000000000000000000000001"]}],"gasUsed":"0x53d8"}}
